-- A company with app.conversations conversations and half as many leads, for the tenant in app.tenant. Only what is read is made: rows are
-- inserted without triggers, so counters that triggers would keep are inserted as well. An id consists of a kind and a number, so later
-- statements can compute it.
set session_replication_role = replica;
set app.across_tenants = 'on';

create function pg_temp.made_id(kind integer, number bigint) returns uuid language sql immutable
  return (lpad(kind::text, 8, '0') || '-0000-0000-0000-' || lpad(number::text, 12, '0'))::uuid;
create function pg_temp.tenant() returns uuid language sql stable return current_setting('app.tenant')::uuid;
create function pg_temp.conversations() returns integer language sql stable return current_setting('app.conversations')::integer;

-- Texts of messages: 5,000 sentences of made-up words, some frequent and some rare.
create temporary table sentences as
  select number, (
    select string_agg(substr(md5((number * 31 + place)::text), 1, 3 + (number + place) % 5), ' ' order by place)
    from generate_series(1, 20) place
  ) || case when number % 100 = 0 then ' refund' when number % 2500 = 1 then ' warranty' else ' price' end as text
  from generate_series(1, 5000) number;
create index on sentences (number);

insert into reps (tenant_id, id, name, email, time_zone)
select pg_temp.tenant(), pg_temp.made_id(1, i), 'Rep ' || i, i || '@x.example', 'UTC' from generate_series(1, 10) i;
insert into rep_presence (tenant_id, rep_id, available) select tenant_id, id, true from reps;
insert into members (tenant_id, id, email, name, role)
select pg_temp.tenant(), pg_temp.made_id(20, i), 'member' || i || '@x.example', 'Member ' || i, 'rep' from generate_series(1, 50) i;

-- One conversation every five minutes, up to now: nearly a year.
insert into visitors (tenant_id, id, traits, created_at)
select pg_temp.tenant(), pg_temp.made_id(2, i),
  jsonb_build_object('name', 'Visitor ' || i, 'email', 'visitor' || i || '@c.example'), now()
from generate_series(1, pg_temp.conversations()) i;
insert into conversations (tenant_id, id, visitor_id, context, last_seq, created_at, updated_at)
select pg_temp.tenant(), pg_temp.made_id(3, i), pg_temp.made_id(2, i), '{}', 6, at, at
from (
  select i, now() - (pg_temp.conversations() - i) * interval '5 minutes' as at from generate_series(1, pg_temp.conversations()) i
) made;
insert into conversation_events (tenant_id, conversation_id, seq, kind, message_id, data, created_at)
select tenant_id, id, seq, kind, message,
  case kind
    when 'visitor_message' then jsonb_build_object('kind', kind, 'text', text, 'page', 'https://shop.example/' || number % 200)
    else jsonb_build_object(
      'kind', kind, 'text', text, 'messageId', message, 'replyTo', seq - 1, 'citations', '[]'::jsonb,
      'outcome', case when number % 20 = 0 and seq = 2 then 'not_found' else 'answered' end) end,
  created_at + seq * interval '10 seconds'
from (
  select conversation.tenant_id, conversation.id, seq, conversation.number, conversation.created_at, gen_random_uuid() as message,
    case when seq % 2 = 1 then 'visitor_message' else 'assistant_message' end as kind, sentences.text
  from (select *, row_number() over (order by id) as number from conversations where tenant_id = pg_temp.tenant()) conversation
  cross join generate_series(1, 6) seq
  join sentences on sentences.number = 1 + abs(hashint8(conversation.number * 6 + seq)::bigint) % 5000
) made;
insert into searchable_messages (tenant_id, conversation_id, seq, text)
select tenant_id, conversation_id, seq, searchable_text(kind, data) from conversation_events
where tenant_id = pg_temp.tenant() and kind = 'visitor_message';
insert into conversation_activity (
  tenant_id, quarter, conversation_id, mode, agent, page, conversations, begun, engaged, messages, answered, not_found, leads, meetings)
select tenant_id, date_bin('15 minutes', created_at, '2000-01-01+00'), id, 'text', '', 'https://shop.example/' || number % 200, 1, 1, 1, 3,
  3 - (number % 20 = 0)::integer, (number % 20 = 0)::integer, (number % 2 = 0)::integer, (number % 20 = 0)::integer
from (select *, row_number() over (order by id) as number from conversations where tenant_id = pg_temp.tenant()) numbered;
insert into conversation_activity (tenant_id, quarter, conversation_id, mode, agent, page, begun, handoffs, accepted, person_messages)
select tenant_id, date_bin('15 minutes', created_at, '2000-01-01+00'), id, 'text', pg_temp.made_id(1, 1 + number / 2 % 10)::text,
  'https://shop.example/' || number % 200, 1, 1, 1, 2
from (select *, row_number() over (order by id) as number from conversations where tenant_id = pg_temp.tenant()) numbered
where number % 2 = 0;

-- Half of the conversations were handed to people. Nearly all of these are closed.
insert into handoffs (tenant_id, conversation_id, state, rep_id, requested_at, spam)
select tenant_id, id,
  case when number % 1000 = 0 then 'waiting' when number % 300 = 0 then 'open' when number % 7 = 0 then 'assistant' else 'closed' end,
  pg_temp.made_id(1, 1 + number / 2 % 10), created_at, number % 50 = 2
from (select *, row_number() over (order by id) as number from conversations where tenant_id = pg_temp.tenant()) numbered
where number % 2 = 0;
insert into handoff_readers (tenant_id, conversation_id, rep_id, read_seq)
select tenant_id, conversation_id, rep_id, 6 from handoffs where state in ('open', 'closed');
insert into conversation_notes (tenant_id, id, conversation_id, rep_id, text, created_at)
select tenant_id, gen_random_uuid(), conversation_id, rep_id, 'A note', requested_at from handoffs where state = 'closed';
insert into canned_replies (tenant_id, id, title, text)
select pg_temp.tenant(), gen_random_uuid(), 'Reply ' || i, repeat('A reply. ', 20) from generate_series(1, 50) i;

insert into leads (tenant_id, id, name, email, address, phone, company, scored_tier, score, owner_id, created_at)
select tenant_id, pg_temp.made_id(4, i), 'Lead ' || i, 'lead' || i || '@c' || i % 5000 || '.example',
  'lead' || i || '@c' || i % 5000 || '.example',
  case when i % 3 = 0 then '+49301' || lpad(i::text, 7, '0') end, 'c' || i % 5000 || '.example',
  (array['hot', 'warm', 'cold', null])[1 + (i % 10 > 0)::int + (i % 10 > 3)::int + (i % 50 = 9)::int], nullif(i % 101, 7),
  case when i % 4 > 0 then pg_temp.made_id(1, 1 + i % 10) end, created_at
from (
  select tenant_id, created_at, row_number() over (order by id) / 2 as i, row_number() over (order by id) as number
  from conversations where tenant_id = pg_temp.tenant()
) numbered where number % 2 = 0;
insert into lead_conversations (tenant_id, lead_id, conversation_id, created_at)
select tenant_id, id, pg_temp.made_id(3, 2 * row_number() over (order by id)), created_at from leads;
-- One lead in a hundred was merged into the one before, and one in twenty has a further address.
update leads set merged_into = pg_temp.made_id(4, number - 1), top_id = pg_temp.made_id(4, number - 1), merged_at = created_at
from (select id, row_number() over (order by id) as number from leads where tenant_id = pg_temp.tenant()) numbered
where leads.tenant_id = pg_temp.tenant() and leads.id = numbered.id and number % 100 = 0;
insert into lead_emails (tenant_id, address, lead_id, email)
select pg_temp.tenant(), 'second' || i || '@mail.example', pg_temp.made_id(4, i), 'second' || i || '@mail.example'
from generate_series(1, pg_temp.conversations() / 2, 20) i;
insert into lead_changes (tenant_id, id, lead_id, kind, actor, changes, created_at)
select tenant_id, gen_random_uuid(), id, 'assigned', 'assignment', '[{"field": "owner", "from": null, "to": "Rep 1"}]', created_at
from leads where owner_id is not null;
insert into lead_views (tenant_id, id, name, filter)
select pg_temp.tenant(), gen_random_uuid(), 'View ' || i, '{"query": null, "tier": ["hot"], "sort": "score"}' from generate_series(1, 5) i;
insert into lead_settings (tenant_id, fields) values (pg_temp.tenant(), '[{"key": "budget", "label": "Budget", "type": "text"}]');

-- Every tenth lead has a meeting of half an hour, between eight months ago and two weeks from now.
insert into meetings (
  tenant_id, id, rep_id, starts_at, ends_at, state, conversation_id, name, email, time_zone, booking_key, requested_start)
select pg_temp.tenant(), pg_temp.made_id(5, i), pg_temp.made_id(1, 1 + i % 10), at, at + interval '30 minutes',
  case when i % 8 = 0 then 'cancelled' else 'booked' end, pg_temp.made_id(3, i * 20), 'Lead ' || i * 10,
  'lead' || i * 10 || '@c' || i * 10 % 5000 || '.example', 'UTC', 'key ' || i, at
from (
  select i, date_trunc('hour', now()) + interval '14 days' - i / 10 * interval '12 hours' as at
  from generate_series(1, pg_temp.conversations() / 20) i
) made;

-- Messages to webhooks are kept for 30 days.
insert into webhook_endpoints (tenant_id, id, url, events, secret, delivered_at)
select pg_temp.tenant(), pg_temp.made_id(6, i), 'https://hooks.example/' || i, array['conversation.started', 'lead.created'], 'none', now()
from generate_series(1, 5) i;
insert into webhook_deliveries (
  tenant_id, id, endpoint_id, event, conversation_id, data, attempts, due_at, delivered_at, response_status, attempted_at, created_at)
select tenant_id, gen_random_uuid(), pg_temp.made_id(6, endpoint), 'conversation.started', id,
  jsonb_build_object('conversationId', id, 'visitorId', visitor_id, 'context', context), 1, at, at, 200, at, at
from (
  select conversation.*, now() - interval '29 days' * random() as at
  from conversations conversation where tenant_id = pg_temp.tenant() order by id desc limit pg_temp.conversations() / 5
) latest
cross join generate_series(1, 5) endpoint;

insert into audit_entries (tenant_id, id, at, actor_kind, actor, action, method, path, status)
select pg_temp.tenant(), gen_random_uuid(), now() - i * interval '5 minutes', 'member', 'member' || i % 50 || '@x.example',
  (array['leads.write', 'settings.write', 'conversations.write'])[1 + i % 3], 'PATCH', '/api/leads/' || gen_random_uuid(), 200
from generate_series(1, pg_temp.conversations()) i;

insert into rooms (tenant_id, id, conversation_id, rep_id, waiting_room, max_participants, created_at, expires_at, ended_at, end_reason)
select pg_temp.tenant(), 'room' || i, pg_temp.made_id(3, i * 50), pg_temp.made_id(1, 1 + i % 10), false, 2,
  at, at + interval '1 day', at + interval '20 minutes', 'ended'
from (select i, now() - i * interval '4 hours' as at from generate_series(1, pg_temp.conversations() / 50) i) made;
insert into recordings (
  tenant_id, id, room_id, started_by, state, content_type, store, bytes, chunks, final_bytes, seconds, created_at, started_at, finished_at,
  finish_reason, transcript, transcript_state)
select tenant_id, pg_temp.made_id(7, row_number() over (order by created_at)), id, gen_random_uuid(), 'finished', 'video/webm', 'disk',
  10000000, 20, 10000000, 1200, created_at, created_at, ended_at, 'stopped', (
    select jsonb_agg(jsonb_build_object('start', second, 'end', second + 1, 'text', 'Something was said.'))
    from generate_series(1, 300) second)::text,
  'ready'
from rooms where tenant_id = pg_temp.tenant();

insert into tool_calls (
  tenant_id, call_id, conversation_id, name, arguments, state, success, result, created_at, taken_at, finished_at, channel)
select tenant_id, 'call' || number, id, 'search_knowledge', '{"query": "price"}', 'done', true,
  jsonb_build_object('text', repeat('x', 400)),
  created_at, created_at, created_at, 'text'
from (select *, row_number() over (order by id) as number from conversations where tenant_id = pg_temp.tenant()) numbered;

-- Usage: tokens of answers, and seconds of calls.
insert into usage_records (tenant_id, kind, reference, conversation_id, seconds, at, model, input_tokens, output_tokens)
select tenant_id, 'answer', gen_random_uuid(), id, 0, created_at, 'model-' || number % 2, 2000, 150
from (select *, row_number() over (order by id) as number from conversations where tenant_id = pg_temp.tenant()) numbered,
  generate_series(1, 3);
insert into usage_records (tenant_id, kind, reference, conversation_id, seconds, at)
select tenant_id, kind, gen_random_uuid(), id, 300, created_at
from (select *, row_number() over (order by id) as number from conversations where tenant_id = pg_temp.tenant()) numbered,
  unnest(array['voice', 'video', 'transcription']) kind
where number % 20 = 0;

-- Five in a hundred conversations have a question without an answer, in 500 groups.
insert into unanswered_groups (tenant_id, id, model, spelling, questions)
select pg_temp.tenant(), pg_temp.made_id(8, i), '', '[1,0]', 10 from generate_series(1, 500) i;
insert into unanswered_questions (tenant_id, conversation_id, seq, question, locale, asked_at, group_id)
select tenant_id, id, 2, 'Question ' || number / 20 % 500, 'en', created_at, pg_temp.made_id(8, 1 + number / 20 % 500)
from (select *, row_number() over (order by id) as number from conversations where tenant_id = pg_temp.tenant()) numbered
where number % 20 = 0;
insert into trigger_counts (tenant_id, trigger_id, variant, day, shown, opened, closed, page)
select pg_temp.tenant(), 'trigger-' || trigger, variant, current_date - day, 50, 5, 10, ''
from generate_series(1, 5) trigger, unnest(array['a', 'b']) variant, generate_series(0, 364) day;
insert into installations (tenant_id, origin, page)
select pg_temp.tenant(), 'https://shop' || i || '.example', '/' from generate_series(1, 10) i;

-- Knowledge: 5,000 documents of ten passages each. Terms and vectors are left out: no page of the console reads them.
insert into sources (tenant_id, id, kind, url, name)
select pg_temp.tenant(), pg_temp.made_id(9, i), case when i = 1 then 'answers' when i = 2 then 'demos' else 'site' end,
  case when i > 2 then 'https://site' || i || '.example/' else '' end, ''
from generate_series(1, 50) i;
insert into ingestion_jobs (tenant_id, id, source_id, status, discovery, page_limit, total, done, created_at, started_at, finished_at)
select tenant_id, pg_temp.made_id(10, row_number() over ()), id, 'ready', 'links', 1000, 100, 100, at, at, at
from sources, (select now() - i * interval '1 day' as at from generate_series(1, 30) i) days
where tenant_id = pg_temp.tenant();
insert into ingestion_items (tenant_id, job_id, external_id, state, error)
select job.tenant_id, job.id, 'https://site.example/' || job.source_id || '/' || page,
  case when page = 1 then 'failed' else 'ready' end,
  case when page = 1 then 'The page answered 404.' end
from ingestion_jobs job, generate_series(1, 100) page
where job.tenant_id = pg_temp.tenant() and job.created_at > now() - interval '36 hours';
insert into documents (tenant_id, id, source_id, external_id, title, url, language, content_hash, chunk_count)
select pg_temp.tenant(), pg_temp.made_id(11, i), pg_temp.made_id(9, 1 + i % 50), 'https://site.example/' || i, 'Page ' || i,
  'https://site.example/' || i, 'en', '\x00', 10
from generate_series(1, 5000) i;
insert into chunks (tenant_id, id, document_id, ordinal, text, locator, lexemes, length)
select tenant_id, gen_random_uuid(), id, ordinal, repeat('Some words of a passage. ', 25), '{"headings": []}', 'word:1', 1
from documents, generate_series(0, 9) ordinal
where tenant_id = pg_temp.tenant();
insert into knowledge_statistics (tenant_id, model, chunk_count, total_length, languages)
values (pg_temp.tenant(), 'hashed-1024-v2', 50000, 50000, '{en}')
on conflict (tenant_id) do update
set chunk_count = excluded.chunk_count, total_length = excluded.total_length, languages = excluded.languages;
insert into answers (tenant_id, id, source_id, question, text)
select pg_temp.tenant(), gen_random_uuid(), pg_temp.made_id(9, 1), 'Question ' || i, repeat('An answer. ', 20)
from generate_series(1, 500) i;
insert into demos (tenant_id, id, source_id, kind, url, title, show_when)
select pg_temp.tenant(), gen_random_uuid(), pg_temp.made_id(9, 2), 'video', 'https://site.example/v' || i, 'Demo ' || i, 'When asked'
from generate_series(1, 100) i;
insert into prices (tenant_id, id, name, description, amount, currency, per, tags)
select pg_temp.tenant(), gen_random_uuid(), 'Product ' || i, 'A product', i, 'EUR', 'month', '{}' from generate_series(1, 100) i;
insert into agents (tenant_id, id, name, description, tags)
select pg_temp.tenant(), gen_random_uuid(), 'Agent ' || i, 'An agent', '{sales}' from generate_series(1, 500) i;

-- Evaluation: 300 questions, and the last 50 runs.
insert into evaluation_questions (tenant_id, id, name, text, sources, tags)
select pg_temp.tenant(), pg_temp.made_id(12, i), 'question-' || i, 'Question ' || i || '?', array['https://site.example/' || i], '{first}'
from generate_series(1, 300) i;
insert into evaluation_runs (
  tenant_id, id, status, strategy, with_answers, total, done, documents, chunks, metrics, created_at, started_at, finished_at)
select pg_temp.tenant(), pg_temp.made_id(13, i), 'finished', 'parallel', true, 300, 300, 5000, 50000,
  '{"questions": 300, "passed": 250, "hitRateAt1": 0.8, "mrr": 0.85}', now() - i * interval '1 day', now() - i * interval '1 day',
  now() - i * interval '1 day'
from generate_series(1, 50) i;
insert into evaluation_results (tenant_id, run_id, ordinal, question, result, attempts)
select run.tenant_id, run.id, number, question,
  jsonb_build_object(
    'question', question, 'passed', number % 6 > 0, 'refused', false, 'confidence', 0.9, 'rank', 1, 'ndcg', 1.0,
    'missingFacts', '[]'::jsonb,
    'answer', repeat('An answer. ', 30), 'outcome', 'answered', 'milliseconds', 40,
    'hits', (
      select jsonb_agg(jsonb_build_object('externalId', 'https://site.example/' || hit, 'title', 'Page ' || hit, 'url', null))
      from generate_series(1, 10) hit)),
  1
from evaluation_runs run
cross join (
  select row_number() over (order by name) as number, jsonb_build_object(
    'id', id, 'name', name, 'text', text, 'language', null, 'sources', sources, 'facts', '[]'::jsonb, 'shouldRefuse', false, 'tags', tags)
    as question
  from evaluation_questions where tenant_id = pg_temp.tenant()
) asked
where run.tenant_id = pg_temp.tenant();

-- Other tenants, for the operator's pages.
insert into tenants (tenant_id, slug, name)
select pg_temp.made_id(14, i), 'other-' || i, 'Other ' || i from generate_series(1, 300) i;

set session_replication_role = default;
