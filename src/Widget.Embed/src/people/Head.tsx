import type { PanelProps } from '../app/moduleHost';
import { Initials } from './Initials';
import { addStyles } from './style';
import { peopleWords } from './words';

/** The person who answers, in place of the assistant. */
export function PersonHead({ panel }: PanelProps) {
  addStyles(panel.host.shadow);
  const { name } = panel.turn.value ?? {};
  if (!name) return null;
  const Title = panel.host.mode === 'page' ? 'h1' : 'h2';
  return (
    <>
      <Initials name={name} size={36} />
      <span class="who">
        <Title>
          <bdi translate={false}>{name}</bdi>
        </Title>
        <span>
          {peopleWords.value.person}
          <span class="of-company">{'\u00a0·\u00a0'}</span>
          <bdi class="of-company" translate={false}>
            {panel.config.value?.tenantName}
          </bdi>
        </span>
      </span>
    </>
  );
}
