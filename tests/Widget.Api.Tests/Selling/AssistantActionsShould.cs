using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.Tests.Meetings;
using Widget.Contracts;

namespace Widget.Api.Tests.Selling;

/// <summary>What a model does for a visitor: keep contact details, book meetings, call in a person, say goodbye.</summary>
public sealed class AssistantActionsShould(ApiFixture api) : IAsyncLifetime
{
    private TestTenant _tenant = null!;
    private TestVisitor _visitor = null!;
    private Guid _call;

    public async ValueTask InitializeAsync()
    {
        _tenant = await TestTenant.CreateAsync(api);
        await _tenant.SwitchOnAsync(
            "capture_lead",
            "qualify_lead",
            "request_human",
            "check_availability",
            "book_meeting",
            "end_conversation");
        _visitor = await _tenant.VisitAsync();
        _call = await _visitor.OpenCallAsync(api, _tenant);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Keep_contact_details_that_the_visitor_has_given()
    {
        await _visitor.AskAsync("I am Ada Lovelace, my e-mail is Ada@Acme.example and my number is 0171 3920055. Please get in touch.");
        var details = new { email = "ada@acme.example", phone = "+491713920055", name = "Ada Lovelace", agreed = true };

        var kept = (await CallAsync("capture_lead", details, "1")).Succeeded();
        await CallAsync("capture_lead", details, "1");

        kept.GetProperty("kept").GetBoolean().ShouldBeTrue();
        var given = (await _visitor.EventsAsync()).OfType<ContactGiven>().ShouldHaveSingleItem();
        (given.Email, given.Phone, given.Name).ShouldBe(("ada@acme.example", "+491713920055", "Ada Lovelace"));
        var lead = (await _tenant.Developer.GetFromJsonAsync<LeadPage>("/api/leads", TestTenant.Json))!.Items.ShouldHaveSingleItem();
        (lead.Email, lead.Name).ShouldBe(("ada@acme.example", "Ada Lovelace"));
    }

    [Theory]
    [InlineData("""{"email": "bob@acme.example", "agreed": true}""", "has not said these details")]
    [InlineData("""{"email": "da@acme.example", "agreed": true}""", "has not said these details")]
    [InlineData("""{"phone": "+49 171 1112223", "agreed": true}""", "has not said these details")]
    [InlineData("""{"email": "ada@acme.example", "name": "Grace", "agreed": true}""", "has not said this name")]
    [InlineData("""{"email": "ada@acme.example", "agreed": false}""", "Ask the visitor first")]
    [InlineData("""{"email": "ada@acme.example"}""", "agreed is missing")]
    [InlineData("""{"name": "Ada", "agreed": true}""", "e-mail address or a phone number is needed")]
    [InlineData("""{"email": "ada at acme", "agreed": true}""", "not an e-mail address")]
    public async Task Not_keep_details_that_the_visitor_has_not_given(string arguments, string error)
    {
        await _visitor.AskAsync("I am Ada, my e-mail is ada@acme.example.");

        (await CallAsync("capture_lead", JsonSerializer.Deserialize<JsonElement>(arguments))).Error().ShouldContain(error);

        (await _visitor.EventsAsync()).OfType<ContactGiven>().ShouldBeEmpty();
    }

    [Fact]
    public async Task Respect_that_the_visitor_declines()
    {
        await _visitor.AskAsync("My e-mail is ada@acme.example");
        (await _visitor.Client.PostAsJsonAsync($"{_visitor.Conversation}/contact", new { clientId = "no", declined = true }))
            .EnsureSuccessStatusCode();

        (await CallAsync("capture_lead", new { email = "ada@acme.example", agreed = true })).Error().ShouldContain("declined");

        await _visitor.AskAsync("All right, write to ada@acme.example then.");
        (await CallAsync("capture_lead", new { email = "ada@acme.example", agreed = true })).Success.ShouldBeTrue();
    }

    [Fact]
    public async Task Offer_a_few_free_times_of_several_days()
    {
        await _tenant.AddRepAsync();

        var result = (await CallAsync("check_availability", new { timeZone = "Europe/Berlin" })).Succeeded();

        var starts = result.GetProperty("slots").EnumerateArray().Select(slot => slot.GetProperty("start").GetDateTimeOffset()).ToList();
        starts.Count.ShouldBe(6);
        starts.ShouldBe(starts.Order());
        starts.Select(start => start.Date).Distinct().Count().ShouldBe(3);
        result.GetProperty("timeZone").GetString().ShouldBe("Europe/Berlin");
        (await CallAsync("check_availability", new { timeZone = "Mars/Olympus" })).Error().ShouldContain("no time zone");
        (await CallAsync("check_availability", new { from = "2027-05-03", to = "2027-05-01" })).Error().ShouldContain("to must be after");
    }

    [Fact]
    public async Task Say_that_no_time_is_free() =>
        (await CallAsync("check_availability", new { })).Succeeded().GetProperty("note").GetString()!.ShouldContain("No times are free");

    [Fact]
    public async Task Book_a_free_time_once()
    {
        await _tenant.AddRepAsync();
        await _visitor.AskAsync("Tuesday is fine. Ada, ada@example.com");
        var start = (await _tenant.SlotsAsync())[0].Start;
        var order = new { slotStart = Text(start), email = "ada@example.com", name = "Ada", note = "A cargo bike" };

        var booked = (await CallAsync("book_meeting", order, "1")).Succeeded();
        await CallAsync("book_meeting", order, "1");

        booked.GetProperty("with").GetString().ShouldBe("Grace Hopper");
        var meeting = (await _tenant.MeetingsAsync()).Items.ShouldHaveSingleItem();
        (meeting.Start, meeting.Lead.Email, meeting.Lead.Name, meeting.Note).ShouldBe((start, "ada@example.com", "Ada", "A cargo bike"));
        (await _visitor.EventsAsync()).OfType<MeetingBooked>().ShouldHaveSingleItem().MeetingId.ShouldBe(meeting.Id);
    }

    [Fact]
    public async Task Get_other_times_when_one_is_taken()
    {
        await _tenant.AddRepAsync();
        var start = (await _tenant.SlotsAsync())[0].Start;
        (await (await _tenant.VisitAsync()).TryBookAsync(start)).EnsureSuccessStatusCode();
        await _visitor.AskAsync("My address is bob@example.com");

        var refused = await CallAsync("book_meeting", new { slotStart = Text(start), email = "bob@example.com" });

        refused.Error().ShouldContain("not free");
        refused.Result.GetProperty("slots").GetArrayLength().ShouldBe(6);
        (await CallAsync("book_meeting", new { slotStart = "tomorrow", email = "bob@example.com" })).Error().ShouldContain("slotStart");
        (await CallAsync("book_meeting", new { slotStart = "2027-05-03T10:00:00Z", email = "eve@example.com" })).Error()
            .ShouldContain("has not said this e-mail address");
    }

    [Fact]
    public async Task Keep_the_visitors_answers_to_the_companys_questions()
    {
        var template = await _tenant.Developer.GetFromJsonAsync<JsonElement>("/api/leads/qualification/template");
        (await _tenant.Developer.PutAsJsonAsync("/api/leads/qualification", template)).EnsureSuccessStatusCode();

        var questions = (await CallAsync("qualify_lead", new { }, "1")).Succeeded().GetProperty("questions");
        var choice = questions.EnumerateArray().First(question => question.GetProperty("kind").GetString() == "choice");
        var (key, value) = (choice.GetProperty("key").GetString()!, choice.GetProperty("answers")[0].GetProperty("value").GetString()!);
        await CallAsync("qualify_lead", new { answers = new Dictionary<string, string> { [key] = value } }, "2");
        var wrong = await CallAsync("qualify_lead", new { answers = new Dictionary<string, string> { [key] = "no such answer" } }, "3");

        var answered = (await _visitor.EventsAsync()).OfType<QualificationAnswered>().ShouldHaveSingleItem();
        answered.Answers[key].GetString().ShouldBe(value);
        wrong.Success.ShouldBeFalse();
    }

    [Fact]
    public async Task Call_in_a_person_once()
    {
        var result = (await CallAsync("request_human", new { reason = "Wants a discount for ten bikes." }, "1")).Succeeded();
        await CallAsync("request_human", new { reason = "Wants a discount for ten bikes." }, "1");

        result.GetProperty("requested").GetBoolean().ShouldBeTrue();
        (await _visitor.EventsAsync()).ShouldHaveSingleItem().ShouldBeOfType<PersonRequested>();
    }

    [Fact]
    public async Task End_a_call_after_the_goodbye()
    {
        var before = DateTimeOffset.UtcNow;

        (await CallAsync("end_conversation", new { })).Succeeded().GetProperty("note").GetString()!.ShouldContain("ends in a few seconds");

        await using var query = api.Database.OwnerSource.CreateCommand(
            "select state, end_reason, next_check_at from tavus_sessions where id = $1");
        query.Parameters.Add(new() { Value = _call });
        await using var row = await query.ExecuteReaderAsync();
        (await row.ReadAsync()).ShouldBeTrue();
        (row.GetString(0), row.GetString(1)).ShouldBe(("ending", "visitor"));
        row.GetFieldValue<DateTimeOffset>(2).ShouldBeGreaterThan(before.AddSeconds(7));
    }

    [Fact]
    public async Task Need_a_conversation()
    {
        var response = await _tenant.Developer.PostAsJsonAsync(
            "/api/tavus/tool",
            new { name = "request_human", arguments = new { reason = "x" } });

        (await response.Content.ReadFromJsonAsync<ToolResponse>(TestTenant.Json))!.Error().ShouldContain("in a conversation");
    }

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    private Task<ToolResponse> CallAsync(string name, object arguments, string? callId = null) =>
        _visitor.CallToolAsync(_call, name, arguments, callId);
}
