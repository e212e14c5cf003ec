// SPDX-License-Identifier: MIT

/** Files of small tokenizers, one of each kind that models on the hub have. */
export interface MadeUp {
  readonly json: Record<string, unknown>;
  readonly config: Record<string, unknown>;
}

const letters = [...'abcdefghijklmnopqrstuvwxyz0123456789'];
const added = (id: number, content: string, more: object = {}): object => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
  ...more,
});
const byOrder = (tokens: readonly string[]): Record<string, number> => Object.fromEntries(tokens.map((token, id) => [token, id]));
const base = { version: '1.0', truncation: null, padding: null, normalizer: null, pre_tokenizer: null, post_processor: null };

/** BERT: lower case, accents stripped, `##` pieces, unknown words. */
export function wordPiece(): MadeUp {
  const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
  const words = [
    'the',
    'cafe',
    'play',
    '##ing',
    '##ed',
    'un',
    '##play',
    ',',
    '.',
    '!',
    '中',
    ...letters,
    ...letters.map((letter) => `##${letter}`),
  ];
  return {
    json: {
      ...base,
      added_tokens: special.map((content, id) => added(id, content)),
      normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
      pre_tokenizer: { type: 'BertPreTokenizer' },
      post_processor: {
        type: 'TemplateProcessing',
        single: [
          { SpecialToken: { id: '[CLS]', type_id: 0 } },
          { Sequence: { id: 'A', type_id: 0 } },
          { SpecialToken: { id: '[SEP]', type_id: 0 } },
        ],
        pair: [],
        special_tokens: { '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] }, '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] } },
      },
      decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
      model: {
        type: 'WordPiece',
        unk_token: '[UNK]',
        continuing_subword_prefix: '##',
        max_input_chars_per_word: 100,
        vocab: byOrder([...special, ...words]),
      },
    },
    config: { tokenizer_class: 'BertTokenizer', unk_token: '[UNK]', pad_token: '[PAD]', cls_token: '[CLS]', sep_token: '[SEP]' },
  };
}

/** T5: Unigram over Metaspace, unknown characters, an end token. */
export function unigram(): MadeUp {
  const scored = ['▁the', '▁cat', 's', '▁', '▁sat', ...letters].map((token, index) => [token, -1 - index / 100]);
  const metaspace = { type: 'Metaspace', replacement: '▁', add_prefix_space: true, prepend_scheme: 'always', split: true };
  return {
    json: {
      ...base,
      added_tokens: ['<pad>', '</s>', '<unk>'].map((content, id) => added(id, content)),
      normalizer: { type: 'NFKC' },
      pre_tokenizer: metaspace,
      post_processor: {
        type: 'TemplateProcessing',
        single: [{ Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '</s>', type_id: 0 } }],
        pair: [],
        special_tokens: { '</s>': { id: '</s>', ids: [1], tokens: ['</s>'] } },
      },
      decoder: metaspace,
      model: { type: 'Unigram', unk_id: 2, vocab: [['<pad>', 0], ['</s>', 0], ['<unk>', 0], ...scored] },
    },
    config: { tokenizer_class: 'T5Tokenizer', eos_token: '</s>', pad_token: '<pad>', unk_token: '<unk>' },
  };
}

const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
/** The 256 characters of GPT-2's bytes, in the order of its own vocabulary. */
function byteCharacters(): string[] {
  const printable = [...Array(256).keys()].filter((byte) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174);
  const others = 256 - printable.length;
  return [...printable, ...Array.from({ length: others }, (_, index) => 256 + index)].map((code) => String.fromCharCode(code));
}

/** Qwen: byte-level after NFC, so that the bytes need not be those of the text; and a mask token that swallows the space before it. */
export function byteLevelNfc(): MadeUp {
  const vocab = byOrder([...byteCharacters(), 'th', 'Ġth']);
  return {
    json: {
      ...base,
      added_tokens: [added(258, '<|end|>'), added(259, '<mask>', { lstrip: true }), added(260, '<tool>', { special: false })],
      normalizer: { type: 'NFC' },
      pre_tokenizer: byteLevel,
      decoder: byteLevel,
      model: {
        type: 'BPE',
        unk_token: null,
        continuing_subword_prefix: '',
        end_of_word_suffix: '',
        fuse_unk: false,
        vocab,
        merges: ['t h', 'Ġ th'],
      },
    },
    config: { tokenizer_class: 'Qwen2Tokenizer', eos_token: '<|end|>' },
  };
}

/** CLIP: byte-level, lower case, words ended by `</w>`. */
export function endOfWord(): MadeUp {
  const characters = byteCharacters();
  const vocab = byOrder([
    ...characters,
    ...characters.map((character) => `${character}</w>`),
    'th',
    'the</w>',
    '<|startoftext|>',
    '<|endoftext|>',
  ]);
  const last = Object.keys(vocab).length - 1;
  return {
    json: {
      ...base,
      added_tokens: [added(last - 1, '<|startoftext|>'), added(last, '<|endoftext|>')],
      normalizer: { type: 'Sequence', normalizers: [{ type: 'NFC' }, { type: 'Lowercase' }] },
      pre_tokenizer: {
        type: 'Sequence',
        pretokenizers: [
          { type: 'Split', pattern: { Regex: '[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+' }, behavior: 'Removed', invert: true },
          { ...byteLevel, use_regex: false },
        ],
      },
      decoder: byteLevel,
      model: {
        type: 'BPE',
        unk_token: '<|endoftext|>',
        continuing_subword_prefix: '',
        end_of_word_suffix: '</w>',
        fuse_unk: false,
        vocab,
        merges: ['t h', 'th e</w>'],
      },
    },
    config: { tokenizer_class: 'CLIPTokenizer', bos_token: '<|startoftext|>', eos_token: '<|endoftext|>' },
  };
}
