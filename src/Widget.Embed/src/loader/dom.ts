/** Creates elements by hand. The loader has no room for a library. */

const paths: Record<string, string> = {
  chat: 'M12 3.5c-5 0-9 3.3-9 7.5 0 2.3 1.2 4.3 3.1 5.7-.1 1-.5 2.2-1.4 3.3 1.7-.1 3.2-.8 4.3-1.7 1 .2 2 .3 3 .3 5 0 9-3.4 9-7.6s-4-7.5-9-7.5Z',
  close: 'm6 6 12 12M18 6 6 18',
};

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Record<string, string>,
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

export function icon(name: string): SVGElement {
  const namespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(namespace, 'svg');
  const path = document.createElementNS(namespace, 'path');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', name);
  path.setAttribute('d', paths[name] ?? '');
  svg.append(path);
  return svg;
}
