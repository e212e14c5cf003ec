// SPDX-License-Identifier: MIT

/** Bytes that are looked at: the marks of all formats are at the beginning. */
const WINDOW = 512;

/**
 * What a file that is not an ONNX model seems to be, as the end of a sentence that says what to do; undefined where nothing is known.
 *
 * @example
 * guessFileKind(new Uint8Array(0)) // 'the file is empty: ...'
 */
export function guessFileKind(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return 'the file is empty: the download failed or was cut off at its start. Download it again.';
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, WINDOW));
  const text = head.replace(/^\u00ef\u00bb\u00bf/, '').trimStart();
  for (const [pattern, kind] of TEXTS) if (pattern.test(text)) return kind;
  for (const [offset, mark, kind] of MARKS) if (head.startsWith(mark, offset)) return kind;
  if (isSafetensors(bytes)) {
    return 'this is a safetensors file (weights without a graph): use the .onnx file of the same model, usually in its onnx/ folder.';
  }
  if (/^[\x09\x0a\x0d\x20-\x7e]+$/.test(head)) {
    return `this is a text file that begins with "${head.slice(0, 40).trim()}": check the address, it should lead to an .onnx file.`;
  }
  return undefined;
}

const TEXTS: [RegExp, string][] = [
  [
    /^version https:\/\/git-lfs/,
    'this is a Git LFS pointer, not the model: download the real file (git lfs pull, or the /resolve/ address instead of /raw/).',
  ],
  [
    /^<(!doctype html|html|head|body|!--)/i,
    'this is a web page, most likely an error or login page: check the address, and that the file exists and is public.',
  ],
  [/^<\?xml|^<Error>/i, 'this is an XML document, most likely an error of the server: check the address.'],
  [/^[{[]\s*("|\{|\[|\]|\}|-?\d|$)/, 'this is JSON, such as a config.json or an error message: give the address of the .onnx file itself.'],
];

const MARKS: [number, string, string][] = [
  [0, 'GGUF', 'this is a GGUF file of llama.cpp: use the .onnx file of the model, usually in an onnx/ folder.'],
  [
    0,
    'PK\u0003\u0004',
    'this is a ZIP archive (PyTorch .bin and .pt files are such archives too): unpack it, or use the .onnx file of the model.',
  ],
  [0, '\u001f\u008b', 'this is gzip data: decompress it first (the server should send Content-Encoding: gzip).'],
  [0, '\u0080\u0002', 'this is a Python pickle (an old PyTorch file): export the model to ONNX, or use its .onnx file.'],
  [0, '\u0089HDF', 'this is an HDF5 file (Keras): convert the model to ONNX.'],
  [0, '\u0089PNG', 'this is a PNG image: give the address of the .onnx file.'],
  [4, 'ORTM', 'this is an ORT-format model (.ort): use the .onnx file from which it was made.'],
  [4, 'TFL3', 'this is a TensorFlow Lite model: use an ONNX export of it.'],
];

/** Eight bytes of header length, then a JSON object. */
function isSafetensors(bytes: Uint8Array): boolean {
  if (bytes.length < 10 || bytes[8] !== 0x7b) return false;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true) === 0;
}
