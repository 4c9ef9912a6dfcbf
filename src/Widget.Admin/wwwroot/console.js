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
  copy: (text) => navigator.clipboard.writeText(text),
  scrollToEnd: (element) => element?.scrollTo({ top: element.scrollHeight }),
};

// A menu closes when the viewer presses outside of it, or Escape.
document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll('details.tenant-switch[open], details.account[open]'))
    if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of document.querySelectorAll('details.tenant-switch[open], details.account[open]')) {
    menu.open = false;
    menu.querySelector('summary').focus();
  }
});
