-- Refused tool calls are in the audit, too. A refusal is no run: the call may run later under the same id and then replaces it.
alter table tool_calls
  drop constraint tool_calls_state_check,
  drop constraint tool_calls_check,
  add constraint tool_calls_state_check check (state in ('running', 'done', 'refused')),
  add constraint tool_calls_result_check check ((state = 'running') = (result is null or success is null));
