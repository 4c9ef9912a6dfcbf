-- The trace that a question was asked in, so that a node that takes its answer over can link to it (W3C traceparent).
alter table pending_answers add column trace_parent text check (length(trace_parent) <= 100);

create index on tavus_sessions (opened_at) where state in ('waiting', 'live', 'ending');
create index on voice_sessions (opened_at) where state in ('live', 'ending');

-- Metrics over all tenants: how much work is waiting, how old the oldest of it is, and how many calls are active. Returns only numbers, no
-- data of a tenant.
create function work_waiting() returns table (work text, waiting bigint, oldest_seconds double precision)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select 'ingestion', count(*), coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::double precision
    from ingestion_jobs where finished_at is null and (lease_until is null or lease_until <= clock_timestamp())
    union all
    select 'evaluation', count(*), coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::double precision
    from evaluation_runs where finished_at is null and (lease_until is null or lease_until <= clock_timestamp())
    union all
    select 'answer', count(*), coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::double precision
    from pending_answers
    union all
    select 'video_call', count(*), coalesce(extract(epoch from clock_timestamp() - min(opened_at)), 0)::double precision
    from tavus_sessions where state in ('waiting', 'live', 'ending')
    union all
    select 'voice_call', count(*), coalesce(extract(epoch from clock_timestamp() - min(opened_at)), 0)::double precision
    from voice_sessions where state in ('live', 'ending')
  $$;

revoke execute on function work_waiting from public;
grant  execute on function work_waiting to widget_application;
