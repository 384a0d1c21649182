const found = [];
for (const table of document.querySelectorAll('table:not([role=presentation], [role=none])')) {
  const named = table.caption?.textContent.trim()
      || table.hasAttribute('aria-label') || table.hasAttribute('aria-labelledby');
  const name = `${tagOf(table)} ${short(table.textContent)}`;
  if (!named) found.push('no caption: ' + name);
  if (!table.querySelector('th')) found.push('no headers: ' + name);
}
return found;
