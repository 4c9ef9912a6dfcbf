using System.Net;
using System.Net.Http.Json;
using System.Text;
using Widget.Api.Web;

namespace Widget.Api.Tests.Leads;

/// <summary>The export of leads for spreadsheets.</summary>
public sealed class LeadExportShould(ApiFixture api)
{
    [Fact]
    public async Task Have_a_row_for_each_lead_in_utf_8_with_a_byte_order_mark()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.Developer.PutAsJsonAsync(
            "/api/leads/fields",
            new { fields = new[] { new { key = "city", label = "City, \"town\"", kind = "text" } } });
        await tenant.VisitAndGiveAsync("juergen@acme.example", "Jürgen \"J\" Groß", "+491713920055");
        var lead = (await tenant.LeadsAsync()).Single();
        await tenant.PatchLeadAsync(lead.Id, new { fields = new { city = "Köln; Rhein" } });

        var response = await tenant.Developer.GetAsync("/api/leads/export.csv");

        (response.Content.Headers.ContentType!.MediaType, response.Content.Headers.ContentDisposition!.FileName)
            .ShouldBe(("text/csv", "leads.csv"));
        var bytes = await response.Content.ReadAsByteArrayAsync();
        bytes.Take(3).ShouldBe([0xEF, 0xBB, 0xBF]);
        var rows = Rows(Encoding.UTF8.GetString(bytes[3..]), ',');
        rows.Count.ShouldBe(2);
        var cells = rows[0].Zip(rows[1]).ToDictionary(cell => cell.First, cell => cell.Second);
        (cells["id"], cells["name"], cells["email"], cells["City, \"town\""], cells["conversations"])
            .ShouldBe((lead.Id.ToString(), "Jürgen \"J\" Groß", "juergen@acme.example", "Köln; Rhein", "1"));
        // A number that begins with + would be a formula.
        cells["phone"].ShouldBe("'+491713920055");
    }

    [Fact]
    public async Task Open_right_in_excel_of_any_locale_as_utf_16_with_tabs()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.VisitAndGiveAsync("a@acme.example", "Łukasz\tof\nKraków, \"PL\"");

        var bytes = await tenant.Developer.GetByteArrayAsync("/api/leads/export.csv?format=excel");

        bytes.Take(2).ShouldBe([0xFF, 0xFE]);
        var rows = Rows(Encoding.Unicode.GetString(bytes[2..]), '\t');
        rows.ShouldAllBe(row => row.Count == rows[0].Count);
        rows[1].ShouldContain("Łukasz of\nKraków, \"PL\"");
    }

    [Fact]
    public async Task Have_a_row_for_each_conversation()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var visitors = new[]
        {
            await tenant.VisitAndGiveAsync("ada@acme.example", "Ada"),
            await tenant.VisitAndGiveAsync("ada@acme.example"),
            await tenant.VisitAndGiveAsync("bob@acme.example", "Bob"),
        };
        await visitors[0].AskAsync("Hello");

        var rows = Rows(await tenant.Developer.GetStringAsync("/api/leads/export.csv?per=conversation&sort=oldest"), ',');

        var (name, conversation, messages) = (rows[0].IndexOf("name"), rows[0].IndexOf("conversation"), rows[0].IndexOf("messages"));
        rows.Skip(1).Select(row => (row[name], row[conversation])).ShouldBe(
            [
                ("Ada", visitors[0].Session.ConversationId.ToString()),
                ("Ada", visitors[1].Session.ConversationId.ToString()),
                ("Bob", visitors[2].Session.ConversationId.ToString()),
            ]);
        rows.Skip(1).Select(row => row[messages]).ShouldBe(["1", "0", "0"]);
    }

    [Fact]
    public async Task Use_the_filters_and_contain_every_lead_of_many()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.VisitAndGiveAsync("ada@acme.example", "Ada");
        await tenant.PatchLeadAsync((await tenant.LeadAsync("Ada")).Id, new { tier = "hot" });
        await api.Database.OwnerSource.ExecuteAsync(
            """
            insert into leads (tenant_id, id, address, email, name)
            select $1, gen_random_uuid(), n || '@x.example', n || '@x.example', 'Lead ' || n from generate_series(1, 1200) n
            """,
            tenant.Created.TenantId);

        Rows(await tenant.Developer.GetStringAsync("/api/leads/export.csv"), ',').Select(row => row[0]).Distinct().Count().ShouldBe(1202);
        Rows(await tenant.Developer.GetStringAsync("/api/leads/export.csv?tier=hot"), ',').Count.ShouldBe(2);
        await (await tenant.Developer.GetAsync("/api/leads/export.csv?tier=x"))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "tier");
        await (await tenant.Developer.GetAsync("/api/leads/export.csv?per=x"))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "per");
        await (await tenant.Developer.GetAsync("/api/leads/export.csv?format=x"))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "format");
        var other = await TestTenant.CreateAsync(api);
        Rows(await other.Developer.GetStringAsync("/api/leads/export.csv"), ',').Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+49 30", "'+49 30")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "\"'\t'=1\"")]
    [InlineData("\r=1", "\"'\r'=1\"")]
    [InlineData("＝1", "'＝1")]
    [InlineData("Ada;=1+1", "\"Ada;'=1+1\"")]
    [InlineData("Ada\",=1+1", "\"Ada\"\",'=1+1\"")]
    [InlineData("Ada\n=1+1", "\"Ada\n'=1+1\"")]
    [InlineData("Ada = Bob", "Ada = Bob")]
    [InlineData("a-b@c.example", "a-b@c.example")]
    [InlineData(" Ada", "\" Ada\"")]
    [InlineData(null, "")]
    public void Run_no_formula_whatever_separator_a_program_expects(string? text, string expected) =>
        CsvText.Row([text, "x"], ',').ShouldBe($"{expected},x\r\n");

    // A reader of RFC 4180, written apart from the writer.
    private static List<List<string>> Rows(string csv, char separator)
    {
        var (rows, row, cell, isQuoted) = (new List<List<string>>(), new List<string>(), new StringBuilder(), false);
        csv = csv.TrimStart('\uFEFF');
        for (var i = 0; i < csv.Length; i++)
        {
            var letter = csv[i];
            if (isQuoted)
            {
                if (letter != '"') cell.Append(letter);
                else if (i + 1 < csv.Length && csv[i + 1] == '"') cell.Append(csv[++i]);
                else isQuoted = false;
            }
            else if (letter == '"' && cell.Length == 0) isQuoted = true;
            else if (letter == separator) Finish();
            else if (letter == '\n')
            {
                Finish();
                rows.Add(row);
                row = [];
            }
            else if (letter != '\r') cell.Append(letter);
        }

        return rows;

        void Finish()
        {
            row.Add(cell.ToString());
            cell.Clear();
        }
    }
}
