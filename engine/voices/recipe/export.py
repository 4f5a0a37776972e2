"""Writes the ONNX model with Kokoro's interface, and the voices file beside it."""
import argparse
import hashlib
import json
import math
import pathlib

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

import features
import symbols
from diphones import KNOTS, Diphones
from features import HOP, RATE
from make_teacher import VOICES
from model import PAIR, STYLE, Voice, places
from train import styles
from vocoder import Vocoder

NAME = "hedgerow"  # of the whole set of voices
GAIN = 0.9
# dB added to each voice, measured, so that all reach -20 LUFS.
_LEVELS = {"af_fern": 0.0, "am_flint": 1.6, "bf_hazel": 0.5, "bm_rowan": 0.9}
_LONGEST = 150.0  # frames of one token, so that no input gives endless sound
# Symbols that the training text lacks sound like their nearest neighbour in it.
_NEAREST = {
    "r": "ɹ", "ɾ": "T", "ʔ": "t", "e": "ɛ", "o": "ɔ", "c": "k", "q": "k", "x": "k", "y": "i", "S": "ʃ", "ɚ": "ə", "ɨ": "ɪ", "ɯ": "u", "ɤ": "ʌ",
    "ø": "ɛ", "œ": "ɛ", "β": "v", "ɸ": "f", "ʋ": "v", "ç": "ʃ", "ɕ": "ʃ", "ʂ": "ʃ", "ɣ": "ɡ", "ɟ": "ɡ", "χ": "h", "ɰ": "w", "ɥ": "w", "ʁ": "ɹ",
    "ɻ": "ɹ", "ɽ": "T", "ɖ": "d", "ʈ": "t", "ɳ": "n", "ɲ": "n", "ɴ": "ŋ", "ʎ": "l", "ʝ": "j", "ʣ": "z", "ʥ": "ʤ", "ʦ": "s", "ʨ": "ʧ", "ꭧ": "ʧ",
    "ᵝ": "w", "ʲ": "j", '"': "“",
}


class Whole(nn.Module):
    def __init__(self, voice):
        super().__init__()
        self.voice, self.vocoder = voice, Vocoder(GAIN)

    def forward(self, tokens, style, speed):
        timbre = self.voice.boil(style)
        hidden, lengths = self.voice.encode(tokens[0], timbre)
        lengths = torch.clamp(lengths, max=_LONGEST) / torch.clamp(speed, 0.25, 4.0)
        lengths = torch.maximum(lengths, self.voice.floor[tokens[0]])
        ends = torch.round(torch.cumsum(lengths, 0))
        ends = torch.cat([ends[:-1], torch.clamp(ends[-1:], min=2.0)])  # always some sound
        duration = (ends - torch.cat([ends[:1] * 0, ends[:-1]])).to(torch.int64)
        sounding = ends[-1].to(torch.int64)
        # A last frame without a partner gets one that is not sounded.
        ends = torch.cat([ends[:-1], torch.ceil(ends[-1:] / PAIR) * PAIR])
        frames = ends[-1].to(torch.int64)
        index = (torch.arange(frames, dtype=torch.float32).unsqueeze(1) + 0.5 > ends.unsqueeze(0)).to(torch.int64).sum(1)
        place = places(ends, index, frames)
        out = self.voice.decode(hidden[index], place, timbre) + self.voice.first_guess(tokens[0], style, index, place)
        return self.vocoder(self.voice.features(out)[:sounding]), duration


def load(path):
    kept = torch.load(path, weights_only=True)
    weights = kept["weights"]
    size, (voices, kinds, _), pairs = weights["mean"].numel(), weights["diphones.voice"].shape, weights["diphones.left"].shape[0]
    voice = Voice(np.zeros(size), np.ones(size), Diphones(kinds, pairs, voices, STYLE))
    voice.load_state_dict(weights)
    return voice.eval(), kept["step"]


def fill_unseen(voice, seen):
    """Gives every id a sound: that of its nearest symbol, or that of a space."""
    weights, name = voice.embedding.weight.data, {number: symbol for symbol, number in symbols.VOCABULARY.items()}
    for number in set(range(symbols.TOKENS)) - seen:
        nearest = symbols.VOCABULARY[_NEAREST.get(name.get(number), " ")]
        nearest = nearest if nearest in seen else symbols.VOCABULARY[" "]
        weights[number] = weights[nearest]
        voice.diphones.kind[number] = voice.diphones.kind[nearest]
        voice.diphones.silent[number] = voice.diphones.silent[nearest]
        voice.floor[number] = voice.floor[nearest]


def levelled(voice):
    """Puts _LEVELS into the first cepstrum of each voice's own tables, so that a blend of voices has the blend of their levels."""
    for table, level in zip(voice.diphones.voice, (_LEVELS[name] for name in VOICES)):
        table.view(-1, KNOTS, features.SIZE)[:, :, features.LEVEL] += level * math.log(10) / 20 / voice.deviation[features.LEVEL]


def packed(model):
    """Stores the diphone tables in 8 bits with a scale for each row, other large ones as 16-bit floats; at load they become 32-bit floats."""
    added = []
    for table in list(model.graph.initializer):
        if table.data_type != TensorProto.FLOAT or np.prod(table.dims) <= 128:
            continue
        model.graph.initializer.remove(table)
        values, name = numpy_helper.to_array(table), table.name
        if name.startswith("voice.diphones.") and not name.endswith(".share"):
            scale = np.maximum(np.abs(values).max(-1, keepdims=True), 1e-6) / 127
            whole, scale = np.rint(values / scale).astype(np.int8), scale.astype(np.float32)
            model.graph.initializer.extend([numpy_helper.from_array(whole, name + ".whole"), numpy_helper.from_array(scale, name + ".scale")])
            added.append(helper.make_node("Cast", [name + ".whole"], [name + ".cast"], to=TensorProto.FLOAT))
            added.append(helper.make_node("Mul", [name + ".cast", name + ".scale"], [name]))
        else:
            model.graph.initializer.append(numpy_helper.from_array(values.astype(np.float16), name + ".half"))
            added.append(helper.make_node("Cast", [name + ".half"], [name], to=TensorProto.FLOAT))
    for node in reversed(added):
        model.graph.node.insert(0, node)


def shortened(model):
    """Names between nodes are kept in the file, twice and more: numbers do."""
    kept = {value.name for value in model.graph.output}
    number = {name: str(i) for i, name in enumerate(name for node in model.graph.node for name in node.output if name not in kept)}
    for node in model.graph.node:
        node.ClearField("name")
        node.ClearField("doc_string")
        node.input[:] = [number.get(name, name) for name in node.input]
        node.output[:] = [number.get(name, name) for name in node.output]
    model.graph.ClearField("value_info")


def rows(path, table, count):
    """The voices file: an npz of [rows, 1, STYLE], packed, for all rows of a voice are alike."""
    np.savez_compressed(path, **{voice: np.repeat(row.numpy()[None, None], count, 0) for voice, row in zip(VOICES, table)})
    path.with_name(path.name + ".npz").replace(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=pathlib.Path, required=True)
    parser.add_argument("--teacher", type=pathlib.Path, required=True, help="for the list of symbols that were heard")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parents[1])
    parser.add_argument("--rows", type=int, default=510, help="rows of each voice, all alike, as published voices have them")
    options = parser.parse_args()
    voice, steps = load(options.checkpoint)
    with torch.no_grad():
        fill_unseen(voice, set(np.load(options.teacher)["tokens"].tolist()))
        levelled(voice)
    whole, table = Whole(voice).eval(), styles()
    model_path, voices_path = options.out / f"{NAME}.onnx", options.out / f"{NAME}-voices.bin"
    torch.onnx.export(
        whole, (torch.tensor([[0, 50, 47, 54, 57, 4, 0]]), table[:1], torch.ones(1)), model_path, dynamo=False, opset_version=17,
        input_names=["tokens", "style", "speed"], output_names=["audio", "duration"], do_constant_folding=False,
        dynamic_axes={"tokens": {1: "tokens"}, "audio": {0: "samples"}, "duration": {0: "tokens"}},
    )
    model = onnx.load(model_path)
    packed(model)
    shortened(model)
    about = {
        "model_type": "kokoro-interface", "name": NAME, "sample_rate": str(RATE), "frame_samples": str(HOP), "style_dim": f"{options.rows},1,{STYLE}",
        "speaker_names": ",".join(VOICES), "training_steps": str(steps), "teacher": "eSpeak NG",
        "vocab": json.dumps(symbols.VOCABULARY, ensure_ascii=False, separators=(",", ":")),
    }
    helper.set_model_props(model, about)
    onnx.checker.check_model(model)
    onnx.save(model, model_path)
    rows(voices_path, table, options.rows)
    for path in (model_path, voices_path):
        print(path.name, path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
