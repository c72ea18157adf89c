"""Runs every NAME.onnx of a folder on the rows of NAME.x and writes NAME.logits and NAME.label.

All are 32-bit numbers without a header, labels 64-bit integers. The rows go in batches of
1, 7 and all others.
"""

import pathlib
import sys

import numpy as np
import onnx
import onnxruntime

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.onnx")):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    (x,) = session.get_inputs()
    assert (x.name, x.type, x.shape[0]) == ("x", "tensor(float)", "samples"), (x.name, x.type, x.shape)
    assert [o.name for o in session.get_outputs()] == ["logits", "label"], path
    rows = np.fromfile(path.with_suffix(".x"), "<f4").reshape(-1, x.shape[1])
    parts = [session.run(["logits", "label"], {"x": part}) for part in np.split(rows, [1, 8])]
    logits, label = (np.concatenate(all) for all in zip(*parts))
    assert label.dtype == np.int64 and (label == logits.argmax(axis=1)).all(), path
    logits.astype("<f4").tofile(path.with_suffix(".logits"))
    label.tofile(path.with_suffix(".label"))
