using System.Net;
using System.Net.Http.Json;
using Widget.Contracts;

namespace Widget.Api.Tests.Chat;

public sealed class RatingsShould(ApiFixture api)
{
    [Fact]
    public async Task Keep_the_reason_and_the_comment_of_a_bad_answer()
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api);
        var visitor = await tenant.VisitAsync();
        var messageId = (await visitor.AskAsync("How long does the fast charger need?")).MessageId;

        var rated = await RateAsync(new { clientId = "r1", messageId, rating = "down", reason = "incomplete", comment = " And at home? " });
        var refused = await RateAsync(new { clientId = "r2", messageId, rating = "up", reason = "wrong" });
        var unknown = await RateAsync(new { clientId = "r3", messageId, rating = "down", reason = "rude" });

        rated.StatusCode.ShouldBe(HttpStatusCode.OK);
        var entry = (await visitor.EventsAsync(after: 2)).Single().ShouldBeOfType<MessageRated>();
        (entry.Rating, entry.Reason, entry.Comment).ShouldBe((Rating.Down, RatingReason.Incomplete, "And at home?"));
        await refused.ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "reason");
        await unknown.ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "reason");

        Task<HttpResponseMessage> RateAsync(object body) => visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/ratings", body);
    }
}
