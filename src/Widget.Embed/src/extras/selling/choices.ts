/** What the visitor can choose below an answer. */
import type { Config, Offer } from '../../app/events';
import { safeUrl } from '../../app/markdown/links';

export type ChoiceLabel = 'bookMeeting' | 'askMeeting' | 'askQuote' | 'seePrices' | 'seeDemo' | 'leaveContact';

/** What is asked of the server first: a demo, or prices. If there are none, the form or the free times are opened. */
export type ShowPath = 'demo' | 'prices';

export type Choice =
  | { offer: 'person'; opens: 'person' }
  | { offer: 'contact'; opens: 'contact'; label: ChoiceLabel }
  /** The form for a person, with another title and the visitor's question; or the free times. */
  | { offer: 'booking' | 'demo' | 'pricing'; opens: 'request' | 'booking'; label: ChoiceLabel; asks?: ShowPath }
  /** Another calendar system. */
  | { offer: 'booking'; opens: 'link'; label: ChoiceLabel; url: string };

/** The most specific first. */
const order: Offer[] = ['booking', 'demo', 'pricing', 'contact', 'person'];

type Offered = Pick<Config, 'meetings' | 'hasDemos' | 'hasPrices'>;

export function choices(offers: readonly Offer[], offered: Offered): Choice[] {
  return order.filter((offer) => offers.includes(offer)).map((offer) => choice(offer, offered));
}

function choice(offer: Offer, { meetings, hasDemos, hasPrices }: Offered): Choice {
  const booking = meetings?.enabled ?? false;
  const url = meetings?.url ? safeUrl(meetings.url) : undefined;
  switch (offer) {
    case 'person':
      return { offer, opens: 'person' };
    case 'contact':
      return { offer, opens: 'contact', label: 'leaveContact' };
    case 'pricing':
      return hasPrices
        ? { offer, opens: 'request', label: 'seePrices', asks: 'prices' }
        : { offer, opens: 'request', label: 'askQuote' };
    case 'demo':
      return {
        offer,
        opens: booking ? 'booking' : 'request',
        label: 'seeDemo',
        ...(hasDemos && { asks: 'demo' as const }),
      };
    case 'booking':
      if (booking) return { offer, opens: 'booking', label: 'bookMeeting' };
      return url
        ? { offer, opens: 'link', label: 'bookMeeting', url }
        : { offer, opens: 'request', label: 'askMeeting' };
  }
}
