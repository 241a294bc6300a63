import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgekit.codegen.names import identifier


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kws_ref-model", "kws_ref_model"),
        ("MobileNet V1 (0.25)", "MobileNet_V1_0_25"),
        ("", "model"),
        ("日本", "model"),
        ("café", "cafe"),
        ("9lives", "model_9lives"),
        ("__reserved__", "reserved"),
        ("int", "int_model"),
        ("class", "class_model"),
        ("NULL", "NULL_model"),
        ("linux", "linux_model"),
        ('*/ system("rm"); /*', "system_rm"),
        ("../../etc/passwd", "etc_passwd"),
        ("a\nb\0c", "a_b_c"),
    ],
)
def test_examples(text, expected):
    assert identifier(text) == expected


def test_fallback():
    assert identifier("***", fallback="net") == "net"
    assert identifier("1x1", fallback="op") == "op_1x1"


@given(st.text(max_size=120))
def test_always_an_identifier(text):
    name = identifier(text)
    assert re.fullmatch(r"[A-Za-z]([A-Za-z0-9_]*[A-Za-z0-9])?", name)
    assert len(name) <= 48
    assert "__" not in name
    assert identifier(name) == name
