using System.Net;
using System.Net.Http.Json;
using MimeKit;
using Widget.Api.Chat.Transcripts;
using Widget.Api.Limits;
using Widget.Api.Mail;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Testing;

namespace Widget.Api.Tests.Mail;

public sealed class TranscriptsShould(ApiFixture api) : IAsyncLifetime
{
    // Each test has its own addresses, because e-mails that others have left in the outbox arrive here, too.
    private readonly string _ada = $"ada-{Guid.NewGuid():N}@example.com";
    private readonly string _bob = $"bob-{Guid.NewGuid():N}@example.com";
    private SmtpReceiver _receiver = null!;
    private ApiNode _node = null!;

    public async ValueTask InitializeAsync()
    {
        _receiver = new SmtpReceiver();
        _node = await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Arrive_with_the_conversation_and_its_sources()
    {
        var visitor = await ChattingAsync();

        var response = await RequestAsync(visitor, new { clientId = "1", email = _ada, locale = "de-AT" });

        response.StatusCode.ShouldBe(HttpStatusCode.Accepted, await response.Content.ReadAsStringAsync());
        var mail = await ReceivedAsync();
        mail.To.ToString().ShouldBe(_ada);
        mail.From.ToString().ShouldContain("chat@widget.example");
        mail.Subject.ShouldBe("Ihre Unterhaltung mit Harbor Bikes");
        var (text, html) = (mail.TextBody.ShouldNotBeNull(), mail.HtmlBody.ShouldNotBeNull());
        text.ShouldContain("How long does the fast charger need?");
        text.ShouldContain("two hours");
        text.ShouldContain("[1] Charging: https://shop.example/charging");
        html.ShouldContain("<html lang=\"de\" dir=\"ltr\">");
        html.ShouldContain("href=\"https://shop.example/charging");
        html.ShouldContain("Quellen");
    }

    [Fact]
    public async Task Be_sent_once_for_a_client_id_and_kept_no_longer_than_needed()
    {
        var visitor = await ChattingAsync();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RequestAsync(visitor, new { clientId = "1", email = _ada })));
        await ReceivedAsync();
        (await RequestAsync(visitor, new { clientId = "1", email = _ada })).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await RequestAsync(visitor, new { clientId = "2", email = _bob });
        await Eventually.TrueAsync(() => Task.FromResult(Recipients().Count == 2), "the second e-mail has arrived");

        Recipients().ShouldBe([_ada, _bob]);
        await Eventually.TrueAsync(
            async () => (await RowsAsync(visitor)).TrueForAll(row => row.Sent),
            "both are recorded as sent");
        (await RowsAsync(visitor)).ShouldAllBe(row => row.Content.Length == 0);

        IReadOnlyList<string> Recipients() =>
            [.. _receiver.Messages.Select(mail => mail.To.ToString()).Where(to => to == _ada || to == _bob)];
    }

    [Fact]
    public async Task Be_tried_again_until_the_server_accepts_them()
    {
        var visitor = await ChattingAsync();
        _receiver.RecipientResponse = "451 try again later";
        await RequestAsync(visitor, new { clientId = "1", email = _ada });
        await Eventually.TrueAsync(() => Task.FromResult(AttemptsTo(_ada) >= 2), "it is tried again");
        _receiver.Messages.ShouldNotContain(mail => mail.To.ToString() == _ada);
        using var client = _node.Client();
        (await client.GetStringAsync("/health/ready")).ShouldContain("The last e-mail could not be sent");

        _receiver.RecipientResponse = null;

        (await ReceivedAsync()).To.ToString().ShouldBe(_ada);
        await Eventually.TrueAsync(
            async () => (await client.GetStringAsync("/health/ready")).Contains("An SMTP server is configured.", StringComparison.Ordinal),
            "the node is healthy again");
    }

    [Fact]
    public async Task Be_given_up_when_the_address_does_not_exist()
    {
        var visitor = await ChattingAsync();
        _receiver.RecipientResponse = "550 no such user";

        await RequestAsync(visitor, new { clientId = "1", email = "nobody@example.com" });

        await Eventually.TrueAsync(async () => (await RowsAsync(visitor)).Exists(row => row.Failed), "it is given up");
        AttemptsTo("nobody@example.com").ShouldBe(1);
        (await RowsAsync(visitor)).Single().Content.ShouldBeEmpty();
    }

    [Fact]
    public async Task Not_be_offered_without_a_server()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var visitor = await tenant.VisitAsync();
        await visitor.AskAsync("Hello");

        visitor.Session.Config.Transcripts.ShouldBeFalse();
        var response = await RequestAsync(visitor, new { clientId = "1", email = _ada });
        await response.ShouldBeProblemAsync(HttpStatusCode.Conflict);
        (await response.Content.ReadAsStringAsync()).ShouldContain("WIDGET_SMTP_URL");
    }

    [Fact]
    public async Task Not_carry_words_of_a_visitor_who_has_no_answer()
    {
        var tenant = await TestTenant.CreateAsync(api, _node);
        var visitor = await tenant.VisitAsync();
        visitor.Session.Config.Transcripts.ShouldBeTrue();

        await (await RequestAsync(visitor, new { clientId = "1", email = _ada }))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict);
        await (await RequestAsync(visitor, new { clientId = "1", email = "ada" }))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "email");
        var other = await tenant.VisitAsync();
        var foreign = await visitor.Client.PostAsJsonAsync(
            $"{other.Conversation}/transcript",
            new { clientId = "1", email = _ada });
        await foreign.ShouldBeProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Be_limited_by_conversation_and_recipient()
    {
        await using var node = await StartAsync(LimitOptions.None.With(Limit.Transcripts, new Rate(2, TimeSpan.FromHours(1))));
        var (first, second) = (await ChattingAsync(node), await ChattingAsync(node));

        (await RequestAsync(first, new { clientId = "1", email = "a@example.com" })).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await RequestAsync(first, new { clientId = "2", email = "b@example.com" })).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var third = await RequestAsync(first, new { clientId = "3", email = "c@example.com" });
        (await RequestAsync(second, new { clientId = "1", email = "d@example.com" })).StatusCode.ShouldBe(HttpStatusCode.Accepted);

        await third.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests);
        third.Headers.RetryAfter.ShouldNotBeNull();
    }

    [Fact]
    public async Task Be_limited_by_the_clients_address()
    {
        await using var node = await StartAsync(LimitOptions.None.With(Limit.AddressTranscripts, new Rate(2, TimeSpan.FromHours(1))));
        var (first, second) = (await ChattingAsync(node), await ChattingAsync(node));

        (await RequestAsync(first, new { clientId = "1", email = "a@example.com" })).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await RequestAsync(second, new { clientId = "1", email = "b@example.com" })).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await (await RequestAsync(second, new { clientId = "2", email = "c@example.com" }))
            .ShouldBeProblemAsync(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Not_be_requested_for_an_address_that_cannot_be_read()
    {
        var visitor = await ChattingAsync();

        foreach (var email in new[] { "ada(@example.com", "<ada@example.com>" })
        {
            await (await RequestAsync(visitor, new { clientId = "1", email }))
                .ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "email");
        }

        (await RowsAsync(visitor)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Be_given_up_at_once_when_the_stored_address_cannot_be_read()
    {
        var visitor = await ChattingAsync();
        await using (var add = api.Database.OwnerSource.CreateCommand(
            """
            insert into mail_outbox (tenant_id, id, conversation_id, client_id, recipient, subject, text, html)
            select tenant_id, gen_random_uuid(), id, '1', 'ada(@example.com', 's', 't', 'h' from conversations where id = $1
            """))
        {
            add.Parameters.Add(new() { Value = visitor.Session.ConversationId });
            await add.ExecuteNonQueryAsync();
        }

        await Eventually.TrueAsync(async () => (await RowsAsync(visitor)).Exists(row => row.Failed), "it is given up");
        using var client = _node.Client();
        (await client.GetStringAsync("/health/ready")).ShouldContain("An SMTP server is configured.");
    }

    [Theory]
    [InlineData("en", "You", "Left contact details: Ada, ada@example[.]com, +14155550132", "Chose not to leave contact details.")]
    [InlineData("de", "Sie", "Kontaktdaten hinterlassen: Ada, ada@example[.]com, +14155550132", "Keine Kontaktdaten hinterlassen.")]
    [InlineData("es", "Usted", "Dejó sus datos de contacto: Ada, ada@example[.]com, +14155550132", "Prefirió no dejar sus datos")]
    [InlineData("ar", "أنت", "تركتَ بيانات الاتصال: Ada, ada@example[.]com, +14155550132", "اخترتَ عدم ترك بيانات الاتصال.")]
    public void Say_that_contact_details_were_given_or_declined(string locale, string visitor, string given, string declined)
    {
        var at = DateTimeOffset.UnixEpoch;

        var text = new TranscriptMail(TranscriptWords.Of(locale), "Jette", "Harbor").Render(
            "ada@example.com",
            [
                new ContactGiven { At = at, Name = "Ada", Email = "ada@example.com", Phone = "+14155550132" },
                new ContactDeclined { At = at },
            ]).Text;

        text.ShouldContain($"{visitor} (1970-01-01 00:00 UTC)\n{given}");
        text.ShouldContain(declined);
    }

    [Fact]
    public void Carry_no_web_address_of_the_visitor()
    {
        var at = DateTimeOffset.UnixEpoch;
        var mail = new TranscriptMail(TranscriptWords.Of("en"), "Jette", "Harbor").Render(
            "ada@example.com",
            [
                new VisitorMessage { At = at, Text = "https://evil.example/a www.evil.example. It costs 3.50 euros. a@evil.example" },
                Said(Speaker.Visitor, "http://one.example"),
                Said(Speaker.Assistant, "two.example"),
            ]);

        foreach (var part in new[] { mail.Text, mail.Html })
        {
            part.ShouldContain("https[:]//evil[.]example/a");
            part.ShouldContain("www[.]evil[.]example. It costs 3.50 euros.");
            part.ShouldContain("a@evil[.]example");
            part.ShouldContain("http[:]//one[.]example");
            part.ShouldContain("two[.]example");
            part.ShouldNotContain("://");
            part.ShouldNotContain("href");
        }

        Utterance Said(Speaker speaker, string text) =>
            new() { At = at, SessionId = Guid.NewGuid(), Mode = "voice", Speaker = speaker, Text = text, Reported = true };
    }

    [Fact]
    public void Show_markup_of_answers_as_text_and_link_only_to_the_web()
    {
        var answer = new AssistantMessage
        {
            MessageId = Guid.NewGuid(),
            ReplyTo = 1,
            Text = "**Two** <script>alert(1)</script> [click](javascript:alert(1)) ![p](https://evil.example/p.png) <javascript:alert(2)>",
            Outcome = AnswerOutcome.Answered,
            Citations = [new Citation(1, "<b>Title</b>", "javascript:alert(3)", [], Page: null, "", [])],
        };

        var html = new TranscriptMail(TranscriptWords.Of("ar"), "Jette", "Harbor").Render("ada@example.com", [answer]).Html;

        html.ShouldContain("<strong>Two</strong>");
        html.ShouldContain("dir=\"rtl\"");
        html.ShouldContain("&lt;b&gt;Title");
        html.ShouldNotContain("<script");
        html.ShouldNotContain("<img");
        html.ShouldNotContain("href=\"javascript");
    }

    [Theory]
    [InlineData("mail.example.com", "Widget <chat@example.com>", "WIDGET_SMTP_URL")]
    [InlineData("https://mail.example.com", "Widget <chat@example.com>", "WIDGET_SMTP_URL")]
    [InlineData("smtp://user:secret@mail.example.com/path", "chat@example.com", "WIDGET_SMTP_URL")]
    [InlineData("smtp://secret@mail.example.com", "chat@example.com", "WIDGET_SMTP_URL")]
    [InlineData("smtp://secret:@mail.example.com", "chat@example.com", "WIDGET_SMTP_URL")]
    [InlineData("smtp://mail.example.com", "nobody", "WIDGET_MAIL_FROM")]
    [InlineData("smtp://mail.example.com", null, "WIDGET_MAIL_FROM")]
    [InlineData(null, "chat@example.com", "WIDGET_SMTP_URL")]
    public void Name_an_invalid_setting(string? url, string? from, string variable)
    {
        var variables = new Configuration.Variables(
            name => name switch { "WIDGET_SMTP_URL" => url, "WIDGET_MAIL_FROM" => from, _ => null });

        MailOptions.Read(variables);

        variables.Errors.Single().ShouldContain(variable);
        variables.Errors.Single().ShouldNotContain("secret");
    }

    [Fact]
    public async Task Be_sent_with_the_credentials_of_the_address()
    {
        var address = new UriBuilder(_receiver.Address) { UserName = "us%40er", Password = "p%3Ass" }.Uri;
        var sender = new SmtpSender(new MailOptions { Server = address, From = new MailboxAddress("Widget", "chat@widget.example") });

        await sender.SendAsync(
            new OutboxMail
            {
                TenantId = TenantId.New(),
                Id = Guid.CreateVersion7(),
                Recipient = _ada,
                Subject = "Ihr Gespräch",
                Text = ".\nA line with a dot",
                Html = "<p>Moin</p>",
            },
            TestContext.Current.CancellationToken);

        _receiver.Credentials.Distinct().ShouldBe(["us@er p:ss"]);
        (await ReceivedAsync()).TextBody.ShouldNotBeNull().ShouldStartWith(".");
    }

    private Task<ApiNode> StartAsync(LimitOptions? limits = null, Uri? server = null) => ApiNode.StartAsync(
        api.Database,
        limits: limits,
        configure: options => options with
        {
            Mail = new MailOptions
            {
                Server = server ?? _receiver.Address,
                From = new MailboxAddress("Widget", "chat@widget.example"),
                FirstPause = TimeSpan.FromMilliseconds(200),
            },
        });

    private async Task<TestVisitor> ChattingAsync(ApiNode? node = null)
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api, node ?? _node);
        var visitor = await tenant.VisitAsync();
        await visitor.AskAsync("How long does the fast charger need?");
        return visitor;
    }

    private static Task<HttpResponseMessage> RequestAsync(TestVisitor visitor, object body) =>
        visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/transcript", body);

    private async Task<MimeMessage> ReceivedAsync()
    {
        MimeMessage? received = null;
        await Eventually.TrueAsync(
            () => Task.FromResult((received = _receiver.Messages.FirstOrDefault(mail => mail.To.ToString() == _ada)) is not null),
            "the e-mail has arrived");
        return received!;
    }

    private int AttemptsTo(string recipient) => _receiver.Attempts.Count(to => to == recipient);

    private async Task<List<(bool Sent, bool Failed, string Content)>> RowsAsync(TestVisitor visitor)
    {
        await using var command = api.Database.OwnerSource.CreateCommand(
            "select sent_at is not null, failed_at is not null, recipient || subject || text || html from mail_outbox "
                + "where conversation_id = $1");
        command.Parameters.Add(new() { Value = visitor.Session.ConversationId });
        await using var rows = await command.ExecuteReaderAsync();
        var found = new List<(bool, bool, string)>();
        while (await rows.ReadAsync()) found.Add((rows.GetBoolean(0), rows.GetBoolean(1), rows.GetString(2)));
        return found;
    }
}
