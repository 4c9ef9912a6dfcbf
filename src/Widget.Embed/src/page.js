// The hosted page without the widget lists suggested questions as text. With the widget, each can be clicked.
for (const item of document.querySelectorAll('.questions li')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = item.textContent;
  button.addEventListener('click', () => window.Widget?.ask?.(button.textContent));
  item.replaceChildren(button);
}
