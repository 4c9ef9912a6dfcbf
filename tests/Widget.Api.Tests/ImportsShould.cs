using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Widget.Api.Knowledge;
using Widget.Contracts;

namespace Widget.Api.Tests;

/// <summary>Imports in the encodings that programs and editors write. Only invalid lines fail, with a reason.</summary>
public sealed class ImportsShould(ApiFixture api)
{
    private const string First = """{"id": "first", "title": "First", "text": "The lamp costs ten euros."}""";
    private const string Second = """{"id": "second", "title": "Zweite", "text": "Die Lämpchen 😀 kosten zwölf Euro."}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, Encoding, string> Encodings() => new()
    {
        { "UTF-8", new UTF8Encoding(false), "\n" },
        { "UTF-8 with a mark", new UTF8Encoding(true), "\r\n" },
        { "UTF-16", new UnicodeEncoding(false, true), "\r\n" },
        { "UTF-16, big end first", new UnicodeEncoding(true, true), "\n" },
        { "UTF-16 without a mark", new UnicodeEncoding(false, false), "\n" },
    };

    [Theory, MemberData(nameof(Encodings))]
    public async Task Accept_every_encoding_and_line_ending(string name, Encoding encoding, string end)
    {
        foreach (var size in new[] { 1, 3, 1 << 20 })
        {
            byte[] body = [.. encoding.GetPreamble(), .. encoding.GetBytes($"{First}{end}{end}{Second}")];

            var documents = await ImportReader.ReadAsync(new Trickle(body, size), Ct).ToListAsync(Ct);

            documents.Select(document => (document.ExternalId, document.Error))
                .ShouldBe([("first", null), ("second", null)], $"{name}, {size} bytes at a time");
            Encoding.UTF8.GetString(documents[1].Content).ShouldBe("Die Lämpchen 😀 kosten zwölf Euro.");
        }
    }

    [Fact]
    public async Task Report_invalid_lines_and_import_the_rest()
    {
        byte[] body =
        [
            .. Encoding.UTF8.GetBytes(
                "{\"id\":\"long\",\"title\":\"t\",\"text\":\""), .. new byte[52 << 20].Select(_ => (byte)'x'), .. "\"}\n"u8,
            .. Encoding.UTF8.GetBytes(First), (byte)'\n',
            .. "{\"id\":\"latin\",\"title\":\"L"u8, 0xE4, .. "mpchen\",\"text\":\"x\"}\n"u8,
            .. "{\"id\":\"half\",\"title\":\"\\ud800\",\"text\":\"x\"}\n"u8,
            .. Encoding.UTF8.GetBytes(Second),
        ];
        var tenant = await TestTenant.CreateAsync(api);
        var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-ndjson") } };

        var job = await tenant.FinishedAsync(await tenant.Developer.PostAsync("/api/knowledge/import", content, Ct));

        (job.Status, job.Done, job.Total).ShouldBe((JobStatusName.Ready, 3, 5));
        // An unpaired surrogate in a title becomes the replacement character, so line 4 is imported.
        job.Failed.Select(failed => failed.Id).ShouldBe(["line 1", "line 3"]);
        job.Failed[0].Error.ShouldBe("This line is longer than 8 MB, the limit for a line. Split the document.");
        job.Failed[1].Error.ShouldBe("This line is not valid UTF-8.");
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n\r\n\t")]
    [InlineData("\uFEFF")]
    public async Task Refuse_an_empty_body(string body)
    {
        var tenant = await TestTenant.CreateAsync(api);

        var content = new StringContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");

        var response = await tenant.Developer.PostAsync("/api/knowledge/import", content, Ct);

        await response.ShouldBeProblemAsync(
            System.Net.HttpStatusCode.BadRequest,
            "The import is empty. Send one JSON object per line, like {\"id\": …, \"title\": …, \"text\": …}.",
            "body");
    }

    [Fact]
    public async Task Name_the_field_that_is_wrong_and_its_line()
    {
        var tenant = await TestTenant.CreateAsync(api);

        var job = await tenant.ImportAsync(
            new { id = "empty", title = "Opening hours", text = "" },
            new { id = "invisible", title = "Opening hours", text = " \u200B\u2060\n" },
            new { id = "missing", title = "Opening hours" },
            new { id = "\u200B", title = "Opening hours", text = "We open at nine." },
            new { id = "far", title = "Opening hours", text = "We open at nine.", url = $"https://shop.example/{new string('a', 2_000)}" },
            new { id = "tags", title = "Opening hours", text = "We open at nine.", tags = new[] { "a", " " } },
            new { id = "twice", title = "Opening hours", text = "We open at eight." },
            new { id = "twice", title = "Anna O'Brien's hours", text = "We open at nine.", tags = new[] { "O'Brien" } });

        job.Failed.Select(failed => (failed.Id, failed.Error)).Order().ShouldBe(
            new[]
            {
                ("empty", "The text of this document (line 1) is empty."),
                ("far", "The url must have at most 2000 characters."),
                ("invisible", "The text of this document (line 2) is empty."),
                ("line 4", "The id must have a visible character."),
                ("missing", "The text of this document (line 3) is empty."),
                ("tags", "A tag must have 1 to 100 characters."),
            });
        var document = (await tenant.Developer.GetFromJsonAsync<DocumentPage>("/api/knowledge/documents?query=O%27Brien", Ct))!.Documents
            .ShouldHaveSingleItem();
        document.Title.ShouldBe("Anna O'Brien's hours");
        document.Tags.ShouldBe(["O'Brien"]);
    }

    [Fact]
    public async Task Show_titles_and_names_without_invisible_characters()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var line = new StringContent(
            """{"id": "a", "title": "Invoice \u202Efdp.exe\u202C \u2066x\u2069\u200F\u200B", "text": "The lamp costs ten euros."}""");
        line.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");

        await tenant.FinishedAsync(await tenant.Developer.PostAsync("/api/knowledge/import?source=Shop%E2%80%AE", line, Ct));

        (await tenant.Developer.GetFromJsonAsync<DocumentPage>("/api/knowledge/documents", Ct))!.Documents
            .ShouldHaveSingleItem().Title.ShouldBe("Invoice fdp.exe x");
        (await tenant.Developer.GetStringAsync("/api/knowledge/sources", Ct)).ShouldContain("\"name\":\"Shop\"");
    }

    [Fact]
    public async Task Show_stored_titles_without_invisible_characters()
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api);
        await using (var command = api.Database.OwnerSource.CreateCommand(
            "update documents set title = E'\\u202Egnigrahc' where external_id = 'charging' and tenant_id = $1"))
        {
            command.Parameters.Add(new() { Value = tenant.Created.TenantId });
            (await command.ExecuteNonQueryAsync(Ct)).ShouldBe(1);
        }

        (await tenant.Developer.GetFromJsonAsync<DocumentPage>("/api/knowledge/documents?query=gnigrahc", Ct))!.Documents
            .ShouldHaveSingleItem().Title.ShouldBe("gnigrahc");
        var visitor = await tenant.VisitAsync();
        (await visitor.AskAsync("How long does charging with the fast charger take?")).Citations.ShouldContain(
            source => source.Title == "gnigrahc");
        await using (var command = api.Database.OwnerSource.CreateCommand(
            """
            update conversation_events set data = replace(data::text, 'gnigrahc', E'\u202Egnigrahc\u200F')::jsonb
            where kind = 'assistant_message' and tenant_id = $1
            """))
        {
            command.Parameters.Add(new() { Value = tenant.Created.TenantId });
            (await command.ExecuteNonQueryAsync(Ct)).ShouldBe(1);
        }

        (await visitor.EventsAsync())[1].ShouldBeOfType<AssistantMessage>().Citations.ShouldContain(source => source.Title == "gnigrahc");
    }

    // A body that arrives in pieces.
    private sealed class Trickle(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, size)], cancellationToken);
    }
}
