/** The company's own texts in the visitor's language. */
import type { Config } from './events';
import { fill, locale, words } from './i18n';

export function companyTexts(config: Config): { greeting: string; introduction: string; suggestions: string[] } {
  const { greeting, introduction, suggestedQuestions } = config.translations?.[locale.value] ?? {};
  const t = words.value;
  const names = { tenant: config.tenantName, agent: config.agentName };
  return {
    greeting: greeting ?? config.greeting ?? fill(t.greeting, names),
    introduction: introduction ?? config.introduction ?? fill(t.introduction, names),
    suggestions: suggestedQuestions?.length ? suggestedQuestions : config.suggestedQuestions,
  };
}
