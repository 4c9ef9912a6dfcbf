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
                    {fill(t.per, { unit: price.per })}
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
