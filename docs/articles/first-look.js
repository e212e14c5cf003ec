// SPDX-License-Identifier: MIT
// The page follows the reader's system until this button is pressed.
document.getElementById('theme').addEventListener('click', () => {
  const root = document.documentElement;
  const dark = root.classList.contains('dark') || (!root.classList.contains('light') && matchMedia('(prefers-color-scheme: dark)').matches);
  root.classList.toggle('dark', !dark);
  root.classList.toggle('light', dark);
});
