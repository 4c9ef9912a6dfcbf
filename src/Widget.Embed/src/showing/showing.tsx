/** What is shown in a conversation: demos, prices and the use of tools. */
import type { ShownProps } from '../app/moduleHost';
import { DemoCard } from './DemoCard';
import { Prices } from './Prices';
import { addStyles } from './style';
import { ToolLine } from './ToolLine';

export { Stage } from './Stage';

export function Shown({ panel, item: { event } }: ShownProps) {
  addStyles(panel.host.shadow);
  switch (event.kind) {
    case 'demo_shown':
      return <DemoCard panel={panel} demo={event.demo} />;
    case 'prices_shown':
      return <Prices prices={event.items} />;
    case 'tool_called':
      return <ToolLine call={event} />;
  }
}
