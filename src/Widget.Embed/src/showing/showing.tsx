/** What is shown in a conversation: demos and prices. */
import type { ShownProps } from '../app/moduleHost';
import { DemoCard } from './DemoCard';
import { Prices } from './Prices';
import { addStyles } from './style';

export { Stage } from './Stage';

export function Shown({ panel, item }: ShownProps) {
  addStyles(panel.host.shadow);
  return item.event.kind === 'demo_shown' ? (
    <DemoCard panel={panel} demo={item.event.demo} />
  ) : (
    <Prices prices={item.event.items} />
  );
}
