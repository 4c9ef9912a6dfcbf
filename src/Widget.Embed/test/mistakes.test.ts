import { afterEach, describe, expect, it, vi } from 'vitest';
import { explain, callMistakes, tagMistakes } from '../src/loader/mistakes';
import { isAttribute, isCall } from '../src/loader/rules';

const siteKey = 'pk_AAAAAAAAAAAAAAAAAAAAAAAA';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a tag', () => {
  it.each([
    ['siteKey', siteKey],
    ['mode', 'page'],
    ['color', '#0b6e6e'],
    ['color', '#FC0'],
    ['position', 'left'],
    ['locale', 'de'],
    ['locale', 'de-AT'],
  ])('accepts %s=%s', (name, value) => {
    expect(isAttribute(name, value)).toBe(true);
    expect(tagMistakes({ siteKey, [name]: value })).toEqual([]);
  });

  it.each([
    ['color', 'blu', 'data-color="blu" is ignored. It must be a color as #rrggbb, for example #2f5bea.'],
    ['color', '', 'data-color="" is ignored.'],
    ['position', 'middle', 'data-position="middle" is ignored. It must be right or left.'],
    ['locale', 'fr', 'data-locale="fr" is ignored. It must be en, de, es or ar.'],
    ['locale', 'english', 'data-locale="english" is ignored.'],
    ['colour', '#fff', 'the tag has no attribute data-colour. Did you mean data-color? Use one of: data-site-key, '],
    [
      'greeting',
      'Hi',
      'the tag has no attribute data-greeting. Use one of: data-site-key, data-locale, data-color, data-position or data-name.',
    ],
    ['constructor', '', 'the tag has no attribute data-constructor.'],
    ['siteKey', 'acme', 'data-site-key="acme" is not a site key. It must be the site key that'],
  ])('explains %s=%s', (name, value, message) => {
    expect(isAttribute(name, value)).toBe(false);
    const warnings = tagMistakes({ siteKey, [name]: value });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`Widget: ${message}`);
    expect(warnings[0]).toContain('docs/embedding.md');
  });

  it('explains a missing site key', () => {
    expect(tagMistakes({})).toHaveLength(1);
    expect(tagMistakes({})[0]).toContain('the tag has no data-site-key, so it draws nothing.');
    expect(tagMistakes({ sitekey: siteKey }).join()).toContain(
      'no attribute data-sitekey. Did you mean data-site-key?',
    );
  });

  it('warns about a secret key without repeating it', () => {
    const warnings = tagMistakes({ siteKey: 'sk_very-secret' }).join();
    expect(warnings).toContain('an API key, which is a secret');
    expect(warnings).not.toContain('very-secret');
  });

  it('ignores the attributes of other tools', () => {
    expect(tagMistakes({ siteKey, cfasync: 'false', cookieconsent: 'marketing', nscript: 'afterInteractive' })).toEqual(
      [],
    );
  });
});

describe('a call', () => {
  it.each([
    [['open']],
    [['close', new Event('click')]],
    [['ask', 'What?']],
    [['identify', { id: '1' }]],
    [['identify']],
    [['identify', null]],
    [['setContext', Object.create(null) as object]],
    [['on', 'open', () => undefined]],
    [['off', 'answer', () => undefined]],
  ])('accepts %j', (call) => {
    expect(isCall(call)).toBe(true);
    expect(callMistakes(call)).toEqual([]);
  });

  it.each([
    [['opne'], 'there is no Widget.opne(). Did you mean open? Use one of: open, close, '],
    [['levitate', 1], 'there is no Widget.levitate(). Use one of: open, '],
    [['toString'], 'there is no Widget.toString().'],
    [[undefined], 'there is no Widget.undefined().'],
    [['identify', 42], 'Widget.identify(42) has invalid arguments. It takes an object: Widget.identify({ id:'],
    [['setContext', ['a']], 'Widget.setContext(["a"]) has invalid arguments. It takes an object:'],
    [['ask'], 'Widget.ask() has invalid arguments. It takes a text:'],
    [['ask', { text: 'What?' }], 'Widget.ask({"text":"What?"}) has invalid arguments.'],
    [
      ['on', 'opend', () => undefined],
      'Widget.on("opend", function) has invalid arguments. It takes an event (ready, open, ',
    ],
    [['on', 'open'], 'Widget.on("open") has invalid arguments.'],
    [['off', () => undefined], 'Widget.off(function) has invalid arguments.'],
  ])('explains %j', (call, message) => {
    expect(isCall(call)).toBe(false);
    const warnings = callMistakes(call);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`Widget: ${message}`);
    expect(warnings[0]).toContain('docs/embedding.md');
  });

  it('explains a mistake once', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    for (let i = 0; i < 3; i++) explain('call', ['opne']);
    explain('tag', { siteKey, color: 'blu' });
    expect(warn.mock.calls).toHaveLength(2);
  });

  it('is shortened in the explanation', () => {
    const long = callMistakes(['identify', 'x'.repeat(10_000)])[0] ?? '';
    expect(long.length).toBeLessThan(300);
    const circle: unknown[] = [];
    circle.push(circle);
    expect(callMistakes(['ask', circle])[0]).toContain('Widget.ask(object)');
  });
});
