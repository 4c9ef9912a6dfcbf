import { Icon } from '../app/components/Icon';
import type { Price } from '../app/events';
import { fill, locale } from '../app/i18n';
import { safeUrl } from '../app/markdown/links';
import { showingWords } from './words';

/** Prices as the company has published them. */
export function Prices({ prices }: { prices: readonly Price[] }) {
  const t = showingWords.value;
  return (
    <ul class="prices" aria-label={t.prices}>
      {prices.map((price) => {
        const href = price.url ? safeUrl(price.url) : undefined;
        return (
          <li class="by-panel" key={price.id}>
            <div class="price-line">
              <b dir="auto">{price.name}</b>
              <span class="amount">
                <b>{amountOf(price) ?? t.onRequest}</b>
                {price.amount !== null && price.per && (
                  <span class="note" dir="auto">
                    {fill(t.per, { unit: unitOf(price.per) })}
                  </span>
                )}
              </span>
            </div>
            {price.description && <p dir="auto">{price.description}</p>}
            {price.conditions && (
              <p class="note" dir="auto">
                {price.conditions}
              </p>
            )}
            {href && (
              <a
                class="link"
                href={href}
                target="_blank"
                rel="noopener noreferrer"
                aria-label={`${t.details}: ${price.name}`}
              >
                <Icon name="out" />
                {t.details}
              </a>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** The usual units in our languages. */
const units = {
  day: /^(days?|tag|d[ií]a|يوم)$/,
  week: /^(weeks?|woche|semana|أسبوع)$/,
  month: /^(months?|monat|mes|شهر)$/,
  year: /^(years?|jahr|año|سنة)$/,
  user: /^(users?|nutzer|benutzer|usuario|مستخدم)$/,
};

/** What the price is for, in the visitor's language. A unit that we do not know stays as the company has written it. */
export function unitOf(per: string): string {
  const known = (Object.keys(units) as (keyof typeof units)[]).find((unit) =>
    units[unit].test(per.trim().toLowerCase()),
  );
  return known ? showingWords.value[`unit_${known}`] : per;
}

/** €1,200 or €12.50, in the visitor's language; undefined if the price is on request. */
export function amountOf({ amount, currency }: Price): string | undefined {
  if (amount === null) return undefined;
  // Whole amounts have no decimals. Some currencies have none at all, or three.
  const whole = Number.isInteger(amount) ? { minimumFractionDigits: 0, maximumFractionDigits: 0 } : {};
  try {
    if (currency) return new Intl.NumberFormat(locale.value, { style: 'currency', currency, ...whole }).format(amount);
  } catch {
    // Not a code that ISO 4217 allows.
  }
  return [new Intl.NumberFormat(locale.value).format(amount), currency].filter(Boolean).join(' ');
}
