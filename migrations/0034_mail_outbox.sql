-- E-mails to send. A message is added in the transaction of what it is about. Its texts are removed once it is sent.
create table mail_outbox (
  tenant_id       uuid        not null references tenants on delete cascade,
  id              uuid        not null,
  conversation_id uuid,
  client_id       text,                          -- the requester's own id, so that a repeated request sends nothing more
  recipient       text        not null,
  subject         text        not null,
  text            text        not null,
  html            text        not null,
  attempts        integer     not null default 0,
  due_at          timestamptz not null default now(),
  sent_at         timestamptz,
  failed_at       timestamptz,                   -- given up
  error           text,                          -- of the last attempt
  lease_owner     uuid,
  lease_until     timestamptz,
  created_at      timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, conversation_id, client_id),
  foreign key (tenant_id, conversation_id) references conversations on delete cascade
);
create index on mail_outbox (due_at) where sent_at is null and failed_at is null;

alter table mail_outbox enable row level security;
create policy tenant on mail_outbox using (tenant_id = (select current_tenant()));
grant select, insert, update on mail_outbox to widget_application;

-- The nodes' way across tenants: takes the message that has been due longest.
create function claim_mail(worker uuid, lease interval) returns table (tenant_id uuid, id uuid)
  language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
    update mail_outbox mail
    set lease_owner = worker, lease_until = clock_timestamp() + lease, attempts = mail.attempts + 1
    from (
      select m.tenant_id, m.id from mail_outbox m
      where m.sent_at is null and m.failed_at is null
        and m.due_at <= clock_timestamp() and (m.lease_until is null or m.lease_until <= clock_timestamp())
      order by m.due_at
      for update skip locked
      limit 1
    ) due
    where mail.tenant_id = due.tenant_id and mail.id = due.id
    returning mail.tenant_id, mail.id
  $$;

revoke execute on function claim_mail from public;
grant  execute on function claim_mail to widget_application;
