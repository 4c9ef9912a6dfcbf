using System.Net.Http.Json;
using System.Text.Json;
using Widget.Contracts;
using Widget.Rag.Embeddings.Local;
using Widget.Testing;

namespace Widget.Api.Tests.Answers;

/// <summary>What answers offer besides their text, over HTTP.</summary>
public sealed class OffersShould(ApiFixture api) : IAsyncLifetime
{
    private ApiNode _node = null!;
    private TestTenant _tenant = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await ApiNode.StartAsync(api.Database, configure: options => options with
        {
            LocalEmbedding = new LocalEmbeddingOptions { Cache = Path.Combine(Repository.Root, ".local", "models") },
        });
        _tenant = await TestTenant.WithKnowledgeAsync(api, _node);
    }

    public async ValueTask DisposeAsync() => await _node.DisposeAsync();

    [Theory]
    [InlineData("How much does delivery to Denmark cost?", "pricing")]
    [InlineData("Can I talk to a human, please?", "person")]
    [InlineData("I'd like to book an appointment on Friday at 10", "booking")]
    [InlineData("Could you give us a demo of the software?", "demo")]
    [InlineData("Please call me back at 415-555-0132", "contact,person")]
    [InlineData("How long does the fast charger need?", "")]
    [InlineData("Hello there!", "")]
    public async Task Say_what_the_message_calls_for(string message, string offers)
    {
        var answer = await (await _tenant.VisitAsync()).AskAsync(message);

        string.Join(',', answer.Offers.Select(offer => offer.ToString().ToLowerInvariant()).Order(StringComparer.Ordinal)).ShouldBe(offers);
        if (answer.Offers.Contains(Offer.Person)) answer.OffersPerson.ShouldBeTrue();
    }

    [Fact]
    public async Task Only_add_to_the_answer_from_the_pages()
    {
        var answer = await (await _tenant.VisitAsync()).AskAsync("How much does delivery to Denmark cost?");

        answer.Offers.ShouldBe([Offer.Pricing]);
        answer.Text.ShouldContain("89 euros");
        answer.Citations.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Be_on_the_answers_of_a_model_too()
    {
        await api.Simulator.BehaveAsync(new { reply = "It costs 89 euros [1]." });
        await using var node = await ApiNode.StartAsync(api.Database, api.Simulator.Chat);
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);

        var answer = await (await tenant.VisitAsync()).AskAsync("How much does delivery to Denmark cost?");

        (answer.Outcome, answer.Text).ShouldBe((AnswerOutcome.Answered, "It costs 89 euros [1]."));
        answer.Offers.ShouldBe([Offer.Pricing]);
    }

    [Fact]
    public async Task Contain_the_visitors_own_contact_details()
    {
        var visitor = await _tenant.VisitAsync();

        var answer = await visitor.AskAsync("My email is Jane dot Doe at example dot com and my phone is (415) 555-0132");

        answer.Offers.ShouldContain(Offer.Contact);
        (answer.Recognized?.Email, answer.Recognized?.Phone).ShouldBe(("jane.doe@example.com", "+14155550132"));
        var other = await visitor.AskAsync("I got a mail from billing@harbor.example, is that your address?");
        other.Offers.ShouldNotContain(Offer.Contact);
        other.Recognized.ShouldBeNull();
    }

    // "I could not find anything" would not be an answer, and would count as a gap in the knowledge.
    [Theory]
    [InlineData("sorry, typo: it is jane@courier.example", "Thank you for your contact details.")]
    [InlineData("I would like to book an appointment on Friday", "We would be happy to arrange an appointment with you.")]
    public async Task Be_acknowledged_where_the_pages_say_nothing(string message, string reply)
    {
        var visitor = await _tenant.VisitAsync();

        var answer = await visitor.AskAsync(message);

        (answer.Outcome, answer.OffersPerson).ShouldBe((AnswerOutcome.Answered, true));
        answer.Text.ShouldStartWith(reply);
    }

    [Fact]
    public async Task Have_the_same_names_in_answers_events_and_updates()
    {
        var visitor = await _tenant.VisitAsync();
        await visitor.AskAsync("Please call me back at 415-555-0132", "1");

        var events = await visitor.Client.GetFromJsonAsync<JsonElement>($"{visitor.Conversation}/events");
        var stored = events[1];
        stored.GetProperty("offers").EnumerateArray().Select(offer => offer.GetString()).ShouldBe(["person", "contact"]);
        stored.GetProperty("recognized").GetProperty("phone").GetString().ShouldBe("+14155550132");
        var stream = await (await visitor.SendAsync("Please call me back at 415-555-0132", "1")).Content.ReadAsStringAsync();
        stream.ShouldContain("\"offers\":[\"person\",\"contact\"]");
        await using var hub = await HubClient.ConnectAsync(_node, visitor.Session.Token);
        await hub.StreamAsync("w", "Watch", visitor.Session.ConversationId, 1);
        var watched = await hub.ItemsAsync<ConversationUpdate>("w").Select(update => update.Event).OfType<AssistantMessage>().FirstAsync();
        watched.Offers.ShouldBe([Offer.Person, Offer.Contact]);
        watched.Recognized!.Phone.ShouldBe("+14155550132");
    }

    [Fact]
    public async Task Not_offer_to_keep_contact_details_once_the_visitor_has_declined()
    {
        var visitor = await _tenant.VisitAsync();
        (await visitor.AskAsync("my email is jane@example.com")).Recognized.ShouldNotBeNull();
        await ContactAsync(visitor, new { clientId = "d", declined = true });

        var declined = await visitor.AskAsync("my email is jane@example.com");
        declined.Offers.ShouldNotContain(Offer.Contact);
        declined.Recognized.ShouldBeNull();
        // In another conversation, and after the visitor has given details after all, it may be offered.
        (await (await _tenant.VisitAsync()).AskAsync("my email is jane@example.com")).Recognized.ShouldNotBeNull();
        await ContactAsync(visitor, new { clientId = "g", email = "jane@example.com" });
        (await visitor.AskAsync("sorry, my email is jane.doe@example.com")).Recognized!.Email.ShouldBe("jane.doe@example.com");
    }

    [Fact]
    public async Task Be_empty_in_events_of_earlier_versions()
    {
        var visitor = await _tenant.VisitAsync();
        await visitor.AskAsync("Please call me back at 415-555-0132");
        await using var update = api.Database.OwnerSource.CreateCommand(
            """
            update conversation_events set data = data - 'offers' - 'recognized'
            where conversation_id = $1 and kind = 'assistant_message'
            """);
        update.Parameters.Add(new() { Value = visitor.Session.ConversationId });
        (await update.ExecuteNonQueryAsync()).ShouldBe(1);

        var answer = (await visitor.EventsAsync()).OfType<AssistantMessage>().Single();

        answer.Offers.ShouldBeEmpty();
        answer.Recognized.ShouldBeNull();
        answer.OffersPerson.ShouldBeTrue();
    }

    private static async Task ContactAsync(TestVisitor visitor, object body) =>
        (await visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/contact", body)).EnsureSuccessStatusCode();
}
