// What of the pages needs no browser.
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { quoted, waitOf } from "../../src/pages/api.js";
import { merged, resolve, typeOf } from "../../src/pages/schema.js";
import { Samples, rateOf, wavFile } from "../../src/pages/sound.js";

test("samples survive any cut of their bytes", () => {
  const values = [0, 1, -1, 32_767, -32_768, 256];
  const bytes = new Uint8Array(Int16Array.from(values).buffer);
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const samples = new Samples();
    const read = [...samples.read(bytes.subarray(0, cut)), ...samples.read(new Uint8Array(0)), ...samples.read(bytes.subarray(cut))];
    deepEqual(read.map((sample) => sample * 32_768), values);
  }
});

test("the rate is what the media type names, else 24 kHz", () => {
  equal(rateOf("audio/pcm; rate=16000; channels=1"), 16_000);
  equal(rateOf('audio/L16;Rate="8000"'), 8000);
  equal(rateOf("audio/pcm"), 24_000);
  equal(rateOf(null), 24_000);
});

test("a WAV file has true sizes and the bytes as they came", async () => {
  const file = wavFile([Uint8Array.of(1, 2), Uint8Array.of(3, 4, 5, 6)], 16_000);
  const view = new DataView(await file.arrayBuffer());
  const text = (from) => String.fromCharCode(...new Uint8Array(view.buffer, from, 4));
  deepEqual([text(0), text(8), text(12), text(36)], ["RIFF", "WAVE", "fmt ", "data"]);
  deepEqual([4, 16, 24, 28, 40].map((at) => view.getUint32(at, true)), [42, 16, 16_000, 32_000, 6]);
  deepEqual([20, 22, 32, 34].map((at) => view.getUint16(at, true)), [1, 1, 2, 16]);
  deepEqual([...new Uint8Array(view.buffer, 44)], [1, 2, 3, 4, 5, 6]);
});

test("a quote does not end a word of the shell", () => {
  equal(quoted("it's"), String.raw`'it'\''s'`);
  equal(quoted("$(x) `y`"), "'$(x) `y`'");
});

test("seconds to wait are whole, and none where the server names none", () => {
  const wait = (value) => waitOf(new Response("", { headers: value === undefined ? {} : { "retry-after": value } }));
  deepEqual(["7", "0.2", "0", "-3", "soon", undefined].map(wait), [7, 1, 0, 0, 0, 0]);
});

const contract = {
  components: {
    schemas: {
      Head: { type: "object", properties: { code: { type: "string" }, id: { type: "integer" } }, required: ["code"] },
      Loop: { $ref: "#/components/schemas/Loop" },
      "a/b": { type: "boolean" },
    },
  },
};

test("references are followed, and one to itself ends", () => {
  equal(resolve(contract, { $ref: "#/components/schemas/Head" }).type, "object");
  equal(resolve(contract, { $ref: "#/components/schemas/a~1b" }).type, "boolean");
  equal(resolve(contract, { $ref: "#/components/schemas/Loop" }).$ref, "#/components/schemas/Loop");
  deepEqual(resolve(contract, { $ref: "#/components/schemas/Nobody" }), {});
});

test("what `allOf` joins is one object; nearer words win", () => {
  const full = merged(contract, { allOf: [{ $ref: "#/components/schemas/Head" }], properties: { code: { enum: ["A"] } }, required: ["id"] });
  deepEqual(full.properties, { code: { type: "string", enum: ["A"] }, id: { type: "integer" } });
  deepEqual(full.required, ["code", "id"]);
});

test("types are named in words", () => {
  const names = [
    [{ type: ["string", "null"] }, "string or null"],
    [{ type: "array", items: { $ref: "#/components/schemas/Head" } }, "array of object"],
    [{ type: "string", format: "binary" }, "bytes"],
    [{ type: "string", format: "uuid" }, "string (uuid)"],
    [{ const: 5 }, "5"],
    [{ enum: ["a"] }, "string"],
    [{ oneOf: [{ type: "string" }, { $ref: "#/components/schemas/Head" }] }, "string or object"],
    [{}, "anything"],
  ];
  for (const [schema, name] of names) equal(typeOf(contract, schema), name);
});
