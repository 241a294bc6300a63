"""Compression, one technique a file: what makes a trained network smaller, and what that does.

- `structured_pruning`: leaves out the channels that matter least; the network is really smaller.
- `distillation`: a small network learns from a large one.
- `magnitude_pruning`: sets small weights to zero, for whoever sends models compressed.

PCA and feature selection as the network's first layer belong to its training: see
`edgekit.train.input_stage`.

They work on Keras 3 models in this process, which has to be one that may load TensorFlow.
"""
