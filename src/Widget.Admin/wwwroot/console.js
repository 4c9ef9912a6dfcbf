// The few things that only the browser can do.
globalThis.consoleScript = {
  timeZone: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
  openDialog: (dialog) => {
    if (!dialog.open) dialog.showModal();
    const input = dialog.querySelector('input');
    if (input) {
      input.value = '';
      input.focus();
    }
  },
  closeDialog: (dialog) => dialog.close(),
  // Ctrl-K or Cmd-K opens the search. The console has one at a time.
  onSearchKey: (search) => {
    globalThis.removeEventListener('keydown', consoleScript.searchKey);
    consoleScript.searchKey = (event) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        search.invokeMethodAsync('OpenAsync');
      }
    };
    globalThis.addEventListener('keydown', consoleScript.searchKey);
  },
  download: async (name, stream) => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([await stream.arrayBuffer()], { type: 'text/csv' }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  },
  copy: (text) => navigator.clipboard.writeText(text),
  // Scrolls to new lines, unless the viewer reads older ones.
  followEnd: (element) => {
    if (element && element.scrollHeight - element.scrollTop - element.clientHeight < 320) element.scrollTo({ top: element.scrollHeight });
  },
  // Enter sends, Shift-Enter begins a line. On a phone, Enter begins a line. While a list of choices is open, keys choose in it.
  composer: (input, composer) => {
    input.addEventListener('keydown', (event) => {
      if (event.isComposing) return;
      const menu = input.dataset.menu === 'open';
      if (menu && ['ArrowDown', 'ArrowUp', 'Enter', 'Tab', 'Escape'].includes(event.key)) {
        event.preventDefault();
        composer.invokeMethodAsync('OnMenuKeyAsync', event.key);
      } else if (event.key === 'Enter' && !event.shiftKey && !matchMedia('(pointer: coarse)').matches) {
        event.preventDefault();
        composer.invokeMethodAsync('OnEnterAsync', input.value);
      }
    });
  },
  scrollToEnd: (element) => element?.scrollTo({ top: element.scrollHeight }),
};

const menus = 'details.tenant-switch[open], details.account[open], details.popup[open]';

// A menu closes when the viewer presses outside of it, or Escape.
document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll(menus))
    if (!menu.contains(event.target) || event.target.closest('.menu button')) menu.open = false;
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of document.querySelectorAll(menus)) {
    menu.open = false;
    menu.querySelector('summary').focus();
  }
});
