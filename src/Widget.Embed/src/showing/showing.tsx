/** What is shown in a conversation: demos, prices, the use of tools, invitations to calls, and who answers. */
import { fill, isolate } from '../app/i18n';
import type { ShownProps } from '../app/moduleHost';
import { DemoCard } from './DemoCard';
import { CallOver, Invitation } from './Invitation';
import { Prices } from './Prices';
import { addStyles } from './style';
import { ToolLine } from './ToolLine';
import { showingWords } from './words';

export { Stage } from './Stage';

export function Shown({ panel, item: { event } }: ShownProps) {
  addStyles(panel.host.shadow);
  switch (event.kind) {
    case 'demo_shown':
      return <DemoCard panel={panel} demo={event.demo} />;
    case 'prices_shown':
      return <Prices prices={event.items} />;
    case 'call_invited':
      return <Invitation panel={panel} event={event} />;
    case 'call_ended':
      return <CallOver event={event} />;
    case 'agent_chosen':
      return (
        <div class="event" role="status">
          {event.chosen
            ? fill(showingWords.value.agentChosen, { name: isolate(event.chosen.name) })
            : showingWords.value.usualChosen}
        </div>
      );
    case 'tool_called':
      return <ToolLine call={event} />;
  }
}
