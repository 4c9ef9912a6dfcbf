// The hosted page without the widget lists suggested questions as text. With the widget, each can be clicked.
interface WidgetGlobal {
  ask?: (text: string) => void;
}

for (const item of document.querySelectorAll('.questions li')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = item.textContent;
  button.addEventListener('click', () => {
    // The loader may not have run yet.
    (window as { Widget?: WidgetGlobal }).Widget?.ask?.(button.textContent);
  });
  item.replaceChildren(button);
}
