// SPDX-License-Identifier: MIT
// A head named in the text is a link that shows it in its figure.
for (const link of document.querySelectorAll('a[data-figure]')) {
  link.addEventListener('click', (event) => {
    const { figure, layer, head, query } = link.dataset;
    const view = document.getElementById(figure);
    if (!customElements.get('attention-view')) return;
    event.preventDefault();
    view.layer = Number(layer);
    view.head = Number(head);
    if (query !== undefined) view.query = Number(query);
    const smooth = !matchMedia('(prefers-reduced-motion: reduce)').matches;
    view.scrollIntoView({ block: 'nearest', behavior: smooth ? 'smooth' : 'instant' });
  });
}

// The page follows the reader's system until this button is pressed.
document.getElementById('theme').addEventListener('click', () => {
  const root = document.documentElement;
  const dark = root.classList.contains('dark') || (!root.classList.contains('light') && matchMedia('(prefers-color-scheme: dark)').matches);
  root.classList.toggle('dark', !dark);
  root.classList.toggle('light', dark);
});
