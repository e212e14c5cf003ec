// SPDX-License-Identifier: MIT

/**
 * Rollup plugin: white space in templates of Lit (html, svg and css) that means nothing is left out. Terser leaves literals as they are.
 * A run of blanks with a line break in it is one blank of markup; in a style sheet none is needed beside punctuation.
 */
export const minifyLiterals = {
  name: 'minify-literals',
  transform(code, id) {
    if (!/\/dist\/components\//.test(id)) return null;
    return { code: minify(code), map: null };
  },
};

/** The same module with shorter templates. */
export function minify(code) {
  return code
    .replace(/\bcss ?`([^`$\\]*)`/g, (_, sheet) => `css\`${minifyCss(sheet)}\``)
    .replace(/\s*\n\s*(?=[^`]*`)/g, (blank, at, whole) => (inTemplate(whole, at) ? ' ' : blank));
}

function minifyCss(sheet) {
  return sheet
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,>]) ?/g, '$1')
    .replace(/(?<=[a-z-]): /g, ':')
    .replace(/;}/g, '}')
    .trim();
}

let lastWhole;
let ranges = [];

function inTemplate(whole, at) {
  if (whole !== lastWhole) [lastWhole, ranges] = [whole, templateRanges(whole)];
  return ranges.some(([from, to]) => at >= from && at < to);
}

/** Where the literal text of html`...` and svg`...` stands, without what is inside ${...}. */
function templateRanges(code) {
  const found = [];
  const start = /\b(?:html|svg) ?`/g;
  const read = (from) => {
    let at = from;
    let textFrom = from;
    while (at < code.length && code[at] !== '`') {
      if (code[at] === '\\') at += 2;
      else if (code.startsWith('${', at)) {
        found.push([textFrom, at]);
        at = skipExpression(at + 2);
        textFrom = at;
      } else at++;
    }
    found.push([textFrom, at]);
    return at + 1;
  };
  const skipExpression = (from) => {
    let depth = 1;
    let at = from;
    while (at < code.length && depth > 0) {
      const char = code[at];
      if (char === '{') depth++;
      else if (char === '}') depth--;
      else if (char === "'" || char === '"') {
        at++;
        while (at < code.length && code[at] !== char) at += code[at] === '\\' ? 2 : 1;
      } else if (char === '`') {
        at = read(at + 1);
        continue;
      }
      at++;
    }
    return at;
  };
  for (let match = start.exec(code); match; match = start.exec(code)) start.lastIndex = read(start.lastIndex);
  return found;
}
