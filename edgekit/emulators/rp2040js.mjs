// SPDX-License-Identifier: Apache-2.0
//
// node rp2040js.mjs PACKAGE IMAGE.UF2 BAUD LISTENER cycles|instructions
//
// Runs an image in rp2040js (PACKAGE: the folder of the npm package) with UART0 on a TCP socket, the
// inherited descriptor LISTENER. It starts when somebody connects. A tick of the core's clock is a cycle as rp2040js models it, or one instruction. What rp2040js leaves out and
// a chip does is done here: the boot ROM's look at the image, the speed of the line, hard faults, and
// waking up for whatever interrupt is pending.
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, image, baudText, listener, unit] = process.argv.slice(2);
const { RP2040 } = await import(pathToFileURL(path.join(folder, 'dist/esm/index.js')).href);

const FLASH = 0x10000000;
const BOOT2_RUNS_AT = 0x20041f00;
const BOOT2_BYTES = 256;
const FAMILY = 0xe48bff56;
const HARD_FAULT = 3;
const RESETS = 0x4000c;
const XIP_CTRL = 0x14000;
const XIP_AFTER_RESET = 3; // EN, ERR_BADWRITE
const NEEDED = [[5, 'IO_BANK0'], [8, 'PADS_BANK0'], [22, 'UART0']];
const CHUNK = 100000; // instructions between two looks at the socket, about 10 ms
const BITS_OF_A_BYTE = 10; // 8N1
const MOST_BAUD_ERROR = 0.02;

class Fault extends Error {
  constructor(message, pc = null) {
    super(message);
    this.pc = pc; // where it is said to have happened; null: at the present instruction
  }
}

function stop(reason) {
  process.stderr.write(`${reason}\n`);
  process.exit(3);
}

// The boot ROM's rules: whole blocks of its family, 256 bytes each, inside of the flash.
function loadUf2(file, flash) {
  const data = fs.readFileSync(file);
  if (data.length === 0 || data.length % 512 !== 0) stop(`${file} is not made of UF2 blocks`);
  for (let at = 0; at < data.length; at += 512) {
    const word = (index) => data.readUInt32LE(at + 4 * index);
    const sound = word(0) === 0x0a324655 && word(1) === 0x9e5d5157 && word(127) === 0x0ab16f30;
    const known = (word(2) & 0x2000) !== 0 && word(7) === FAMILY;
    const where = word(3) - FLASH;
    const fits = word(4) === 256 && where >= 0 && where + 256 <= flash.length;
    const counted = word(5) === at / 512 && word(6) === data.length / 512;
    if (!sound || !known || !fits || !counted) stop(`the boot ROM refuses UF2 block ${at / 512}`);
    flash.set(data.subarray(at + 32, at + 32 + 256), where);
  }
}

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  }
  return crc >>> 0;
}

// Copies boot2 into RAM and enters it there, if its checksum is right.
function startBoot2({ core, flash, flashView, sram }) {
  const sum = crc32(flash.subarray(0, BOOT2_BYTES - 4));
  if (sum !== flashView.getUint32(BOOT2_BYTES - 4, true)) {
    stop('the boot ROM finds no boot2 with a right checksum: the chip would wait for another UF2');
  }
  sram.set(flash.subarray(0, BOOT2_BYTES), BOOT2_RUNS_AT & 0xfffff);
  core.SP = BOOT2_RUNS_AT;
  core.LR = 0;
  core.PC = BOOT2_RUNS_AT;
}

const chip = new RP2040();
const { core, clock } = chip;
const uart = chip.uart[0];
const baud = Number(baudText);
const queue = []; // of Buffers that are still to be sent to the chip
let taken = 0; // bytes of the first of them
let sent = []; // by the chip
let socket = null;
let stacking = false; // the core saves registers for a fault: that may fail without another one
let timer = null;

// An access that no memory answers, or an instruction that there is not, is a hard fault. What
// rp2040js says about registers that it does not model is of no interest.
const complain = (component, message) => {
  if ((component === 'RP2040' || component === 'CortexM0Core') && !stacking) throw new Fault(message);
};
chip.logger = { debug() {}, info() {}, warn: complain, error: complain };
chip.onBreak = () => complain('RP2040', 'breakpoint');

// A call of an even address leaves Thumb state, which this core can't; rp2040js overlooks the bit.
core.blTaken = (_, byRegister) => {
  if (!byRegister) return;
  const target = (chip.readUint16(core.LR - 3) >> 3) & 15;
  if ((core.registers[target] & 1) === 0) throw new Fault('not in Thumb state', core.PC);
};

function hardFault(at, fault) {
  if (core.IPSR === HARD_FAULT) stop('the core locked up: a fault inside of its fault handler');
  if (fault.pc !== null) core.PC = fault.pc;
  else if (core.PC !== at) core.PC -= 2; // it failed behind its fetch
  core.waiting = false;
  stacking = true;
  core.exceptionEntry(HARD_FAULT);
  stacking = false;
}

function checkLine() {
  const held = chip.peripherals[RESETS].reset;
  for (const [bit, name] of NEEDED) {
    if (held & (1 << bit)) stop(`the firmware uses the UART while ${name} is in reset`);
  }
  if (Math.abs(uart.baudRate / baud - 1) > MOST_BAUD_ERROR) {
    stop(`the firmware's UART runs at ${uart.baudRate} baud, the line at ${baud}`);
  }
}

uart.onByte = (byte) => {
  if (sent.length === 0) checkLine();
  sent.push(byte);
};

// A byte takes its time on the line. Where the receiver has no room it waits: rp2040js drops it.
const arrival = clock.createAlarm(() => {
  if (!uart.rxFIFO.full) {
    if (uart.enabled) {
      checkLine();
      uart.feedByte(queue[0][taken]);
    }
    if (++taken === queue[0].length) {
      queue.shift();
      taken = 0;
    }
  }
  if (queue.length > 0) expect();
  else arrival.scheduled = false;
});

function expect() {
  arrival.schedule((BITS_OF_A_BYTE * 1e9) / baud);
}

function flush() {
  if (sent.length > 0 && socket !== null) socket.write(Buffer.from(sent));
  sent = [];
}

const interrupted = () => (core.pendingInterrupts & core.enabledInterrupts) !== 0 || core.pendingSystick;

// Sleeping with nothing on the line: this computer's time passes until something comes.
function sleep() {
  const begun = process.hrtime.bigint();
  const wake = () => {
    clearTimeout(timer);
    timer = null;
    const slept = Number(process.hrtime.bigint() - begun);
    clock.tick(Math.min(slept, clock.nextAlarm ? clock.nanosToNextAlarm : slept));
    run();
  };
  timer = setTimeout(wake, Math.max(1, Math.ceil(clock.nanosToNextAlarm / 1e6)));
  timer.wake = wake;
}

function run() {
  const byCycles = unit === 'cycles';
  for (let turn = 0; turn < CHUNK; turn++) {
    if (core.waiting) {
      core.waiting = false; // rp2040js would take the exception even where it is masked
      while (!interrupted()) {
        if (queue.length === 0) {
          core.waiting = true;
          flush();
          return sleep();
        }
        clock.tick(clock.nanosToNextAlarm);
      }
      core.interruptsUpdated = true;
    }
    const at = core.PC;
    let cycles = 1;
    try {
      cycles = core.executeInstruction();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      hardFault(at, error);
    }
    clock.tick(((byCycles ? cycles : 1) * 1e9) / chip.clkSys);
  }
  flush();
  setImmediate(run);
}

loadUf2(image, chip.flash);
chip.peripherals[RESETS].reset = 0x1ffffff; // as the chip starts; rp2040js starts with none
// The flash's cache is not modelled: its control register says what it says after reset.
chip.peripherals[XIP_CTRL] = {
  readUint32: (offset) => (offset === 0 ? XIP_AFTER_RESET : 0),
  writeUint32Atomic() {},
};
startBoot2(chip);
let started = false;
const server = net.createServer((connection) => {
  if (socket !== null) socket.destroy();
  socket = connection;
  socket.setNoDelay(true);
  socket.on('data', (data) => {
    queue.push(data);
    if (queue.length === 1 && !arrival.scheduled) expect();
    if (timer !== null) timer.wake();
  });
  const leave = () => {
    if (socket === connection) socket = null;
  };
  socket.on('error', leave);
  socket.on('close', leave);
  if (!started) run();
  started = true;
});
server.listen({ fd: Number(listener) });
