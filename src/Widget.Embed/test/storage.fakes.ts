/** A window with storage areas that several tabs can share. */
export function fakeWindow(localStorage = fakeArea()): { localStorage: object; sessionStorage: object } {
  const listeners = { addEventListener: () => undefined, removeEventListener: () => undefined };
  return { localStorage, sessionStorage: fakeArea(), ...listeners };
}

export function fakeArea(): object {
  const methods = {
    getItem(this: Record<string, string>, name: string): string | null {
      return this[name] ?? null;
    },
    setItem(this: Record<string, string>, name: string, value: string): void {
      this[name] = value;
    },
    removeItem(this: Record<string, string>, name: string): void {
      Reflect.deleteProperty(this, name);
    },
  };
  return Object.create(methods) as object;
}
