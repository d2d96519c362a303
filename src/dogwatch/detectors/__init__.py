"""Detectors: one module a runtime, all behind one protocol, each served by a process of its own.

- `base`: the `Detector` protocol and `load`, which makes one from its spec: `MODULES` says which module has which type.
  `OWN_TYPES` in `config.detectors` lists the types that a configuration may name.
- `opencv` (built in), `onnx`, `openvino`, `litert`, `remote`: the runtimes; `fixed` answers at once, for tests and
  benchmarks.
- `network`: the common part of the runtimes that run a user's model.
- `decode`, `suppress`: pure functions that the runtimes share.
"""
