// SPDX-License-Identifier: MIT

const minus = '\u2212';

/** A probability as per cent with two significant figures: 0.842 is "84%", 0.0042 is "0.42%". Never rounds to certainty. */
export function formatPercent(probability: number): string {
  const percent = probability * 100;
  if (percent <= 0) return '0%';
  if (percent < 0.01) return '<0.01%';
  if (percent >= 99.5) return percent >= 99.9999 ? '100%' : '>99%';
  if (percent >= 9.95) return `${percent.toFixed(0)}%`;
  return `${percent.toFixed(percent >= 0.995 ? 1 : 2)}%`;
}

/** An attention weight with two decimals; what would round to nothing says so. */
export function formatWeight(weight: number): string {
  return weight > 0 && weight < 0.005 ? '<0.01' : formatNumber(weight);
}

/** A logit or a number of nats, with two decimals where no other number is asked for, and a real minus sign. */
export function formatNumber(value: number, decimals = 2): string {
  return value
    .toFixed(decimals)
    .replace(/^-(0\.0+)$/, '$1')
    .replace('-', minus);
}

/** A difference: as {@link formatNumber}, always with its sign. */
export function formatSigned(value: number, decimals = 2): string {
  const text = formatNumber(value, decimals);
  return text.startsWith(minus) || /^0\.0+$/.test(text) ? text : `+${text}`;
}

/** A count with thousands separated. */
export function formatCount(count: number): string {
  return count.toLocaleString('en');
}

/** Bytes as a reader knows them: "5.6 MB", "654 MB", "1.3 GB" (decimal units). */
export function formatBytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  const megabytes = bytes / 1e6;
  if (megabytes >= 99.95) return `${megabytes.toFixed(0)} MB`;
  if (megabytes >= 0.1) return `${megabytes.toFixed(1)} MB`;
  return `${Math.round(bytes / 1e3)} kB`;
}

/** A sentence begins with a capital. */
export function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
