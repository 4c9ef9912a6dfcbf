-- A visitor's id on the customer's site that the site's server has proved, and the visitor's language. Conversations of such a visitor are
-- opened only with a proof of the same id. external_id stays what a page says, unproved.
alter table visitors
  add column verified_id text,
  add column locale      text;

create unique index on visitors (tenant_id, verified_id) where verified_id is not null;
