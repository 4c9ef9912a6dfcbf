/** A small choice of emoji. */
import { useEffect, useRef } from 'preact/hooks';
import { words } from '../app/i18n';
import { isComposing } from '../app/keys';
import type { EmojiProps } from '../app/moduleHost';
import { addSheets } from '../app/styles/sheets';
import { extrasStyle } from './style';

const columns = 8;
const all = '😀 😄 😊 😉 😍 🤩 😂 🙂 🤔 😅 😐 😕 😢 😮 😎 🥳 👍 👎 👏 🙏 👋 🙌 💪 🤝 ❤️ 🔥 ✨ 🎉 ✅ ❌ ❓ ❗'.split(
  ' ',
);

export function EmojiPicker({ panel, onChoose, close }: EmojiProps) {
  addSheets(panel.host.shadow, extrasStyle);
  const grid = useRef<HTMLDivElement>(null);
  useEffect(() => grid.current?.querySelector('button')?.focus(), []);

  const move = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && !isComposing(event)) {
      event.stopPropagation();
      close();
      return;
    }
    const forward = words.value.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    const back = words.value.dir === 'rtl' ? 'ArrowRight' : 'ArrowLeft';
    const step = { [forward]: 1, [back]: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = [...(grid.current?.querySelectorAll('button') ?? [])];
    const at = buttons.indexOf((grid.current?.getRootNode() as ShadowRoot).activeElement as HTMLButtonElement);
    buttons[at + step]?.focus();
  };
  return (
    <div class="emoji-grid" ref={grid} role="group" aria-label={words.value.emoji} onKeyDown={move}>
      {all.map((emoji, i) => (
        // One tab stop; arrow keys move between the emoji.
        <button key={emoji} type="button" tabIndex={i === 0 ? 0 : -1} onClick={() => onChoose(emoji)}>
          {emoji}
        </button>
      ))}
    </div>
  );
}
