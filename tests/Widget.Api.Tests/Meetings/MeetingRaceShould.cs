using System.Net;

namespace Widget.Api.Tests.Meetings;

/// <summary>Many visitors want the same few times, on two nodes.</summary>
[Collection(typeof(Alone))]
public sealed class MeetingRaceShould(ApiFixture api)
{
    private const int Visitors = 200;
    private const int Times = 20;

    [Fact]
    public async Task Give_each_time_to_one_visitor_and_offer_others_to_the_rest()
    {
        await using var second = await ApiNode.StartAsync(api.Database);
        ApiNode[] nodes = [api.Node, second];
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.AddRepAsync();
        await tenant.AddRepAsync("Linus Pauling");
        var starts = (await tenant.SlotsAsync()).Take(Times / 2).Select(slot => slot.Start).ToList();
        var visitors = new List<TestVisitor>();
        for (var i = 0; i < Visitors; i++) visitors.Add(await tenant.VisitAsync(nodes[i % nodes.Length]));

        // Two reps are free at each of ten times, which makes twenty meetings.
        var responses = await Task.WhenAll(visitors.Select((visitor, i) =>
            visitor.TryBookAsync(starts[i % starts.Count], email: $"visitor{i}@example.com")));

        responses.Count(response => response.StatusCode == HttpStatusCode.Created).ShouldBe(Times);
        var refused = responses.Where(response => response.StatusCode != HttpStatusCode.Created).ToList();
        refused.Count.ShouldBe(Visitors - Times);
        foreach (var response in refused)
        {
            var others = await response.ToOthersAsync();
            others.ShouldNotBeEmpty();
        }

        var booked = (await tenant.MeetingsAsync("?limit=200")).Items;
        booked.Count.ShouldBe(Times);
        booked.Select(meeting => (meeting.Rep, meeting.Start)).ShouldBeUnique();
        booked.CountBy(meeting => meeting.Start).ShouldAllBe(time => time.Value == 2);
        booked.CountBy(meeting => meeting.Rep).ShouldAllBe(rep => rep.Value == Times / 2);
        (await tenant.SlotsAsync()).Select(slot => slot.Start).Intersect(starts).ShouldBeEmpty();
    }

    [Fact]
    public async Task Be_decided_by_the_database_even_if_the_application_is_wrong()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.AddRepAsync();
        var booked = await (await (await tenant.VisitAsync()).TryBookAsync((await tenant.SlotsAsync())[0].Start)).ToBookedAsync();

        await using var copy = api.Database.OwnerSource.CreateCommand(
            """
            insert into meetings (tenant_id, id, rep_id, starts_at, ends_at, email, time_zone, booking_key, requested_start)
            select tenant_id, gen_random_uuid(), rep_id, starts_at + interval '1 minute', ends_at, email, time_zone, 'copy', starts_at
            from meetings where id = $1
            """);
        copy.Parameters.Add(new() { Value = booked.Id });

        (await Should.ThrowAsync<Npgsql.PostgresException>(() => copy.ExecuteNonQueryAsync())).ConstraintName.ShouldBe("meetings_once");
    }
}
