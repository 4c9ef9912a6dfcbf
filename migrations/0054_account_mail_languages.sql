-- The language in which the e-mail is written: that of the browser which asked for it.
alter table account_mails add column language text not null default 'en' check (language in ('en', 'de', 'es'));
