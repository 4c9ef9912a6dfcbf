// Passkeys: the browser's part of making one and of signing in with one.
globalThis.passkeys = {
  create: async (optionsJson) => {
    const options = PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(optionsJson));
    return JSON.stringify(await navigator.credentials.create({ publicKey: options }));
  },
  get: async (optionsJson) => {
    const options = PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(optionsJson));
    return JSON.stringify(await navigator.credentials.get({ publicKey: options }));
  },
  supported: () => Boolean(globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON),
};

for (const button of document.querySelectorAll('[data-passkey-sign-in]')) {
  if (!passkeys.supported()) {
    button.hidden = true;
    continue;
  }
  const error = document.querySelector('[data-passkey-error]');
  button.addEventListener('click', async () => {
    error.hidden = true;
    try {
      const asked = await fetch('/sign-in/passkey/options', { method: 'POST' });
      if (!asked.ok) throw new Error((await asked.json()).title);
      const { options, state } = await asked.json();
      const credential = await passkeys.get(JSON.stringify(options));
      const answered = await fetch(`/sign-in/passkey?returnUrl=${encodeURIComponent(button.dataset.return ?? '')}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ credential: JSON.parse(credential), state }),
      });
      const answer = await answered.json();
      if (!answered.ok) throw new Error(answer.title);
      location.assign(answer.address);
    } catch (problem) {
      // The viewer may have closed the browser's dialog.
      if (problem.name === 'NotAllowedError' || problem.name === 'AbortError') return;
      if (problem.message) error.textContent = problem.message;
      error.hidden = false;
    }
  });
}
