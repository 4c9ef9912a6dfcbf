using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Voice;

/// <summary>Voice calls while the database rejects writes.</summary>
public sealed class VoiceOutagesShould(ApiFixture api) : IAsyncLifetime
{
    private ApiNode _node = null!;
    private VoiceTenant _tenant = null!;

    public async ValueTask InitializeAsync()
    {
        await api.Voice.ResetAsync();
        _node = await ApiNode.StartAsync(
            api.Database,
            voice: api.Voice.OpenAI,
            voiceTimings: VoiceTenant.Quick with { Lease = TimeSpan.FromSeconds(60) });
        _tenant = await VoiceTenant.CreateAsync(api, _node);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Be_monitored_again_when_the_database_is_back()
    {
        await using var call = await _tenant.CallAsync();
        await AttachedAsync(call);
        await using (var refused = await RefuseCallAsync(call))
        {
            await refused.CountAsync(3);
        }

        await api.Database.OwnerSource.ExecuteAsync("update voice_sessions set seen_at = now() - interval '1 hour' where id = $1", call.Id);

        (await call.EndedAsync()).ShouldBe(VoiceEndReason.Left);
        await call.HasEndedAtProviderAsync("hangup");
        _node.Log.Lines.ShouldContain(
            line => line.Contains("is unavailable", StringComparison.OrdinalIgnoreCase)
                && line.Contains("refused by a test", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stay_monitored_after_an_unexpected_fault()
    {
        await using var call = await _tenant.CallAsync();
        await AttachedAsync(call);
        await using (var refused = await RefusedWrites.StartAsync(
            api.Database.OwnerSource,
            "voice_sessions",
            $"new.id = '{call.Id}'",
            code: "XX000"))
        {
            await refused.CountAsync(3);
        }

        await api.Database.OwnerSource.ExecuteAsync("update voice_sessions set seen_at = now() - interval '1 hour' where id = $1", call.Id);

        (await call.EndedAsync()).ShouldBe(VoiceEndReason.Left);
        _node.Log.Lines.ShouldNotContain(
            line => line.Contains("is unavailable", StringComparison.OrdinalIgnoreCase)
                && line.Contains("refused by a test", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Hang_up_at_the_time_limit_while_the_database_is_unavailable()
    {
        await using var call = await _tenant.CallAsync();
        await AttachedAsync(call);
        await api.Database.OwnerSource.ExecuteAsync(
            "update voice_sessions set reserved_seconds = extract(epoch from now() - opened_at)::integer + 4 where id = $1", call.Id);
        // After the next lease renewal, the node knows the new limit.
        var before = (DateTime)(
            await api.Database.OwnerSource.ExecuteAsync("select lease_until from voice_sessions where id = $1", call.Id))!;
        await Eventually.TrueAsync(
            async () =>
                (DateTime)(
                    await api.Database.OwnerSource.ExecuteAsync("select lease_until from voice_sessions where id = $1", call.Id))! > before,
            "the lease is renewed");

        await using (await RefuseCallAsync(call))
        {
            await Eventually.TrueAsync(
                async () => (await call.AtProviderAsync()).GetProperty("end").GetString() == "hangup",
                "it is hung up");
        }

        (await call.EndedAsync()).ShouldBe(VoiceEndReason.TimeLimit);
        (await _tenant.RecordAsync(call.Id)).Seconds!.Value.ShouldBeInRange(2, 30);
    }

    [Fact]
    public async Task Log_what_was_said_during_an_outage_once_and_in_order()
    {
        await api.Voice.ScriptAsync(new { utterances = new[] { "What does delivery cost?", "And to Denmark?" } });
        await using var call = await _tenant.CallAsync();
        await using (var refused = await RefusedWrites.StartAsync(
            api.Database.OwnerSource,
            "conversation_events",
            $"new.conversation_id = '{call.Visitor.Session.ConversationId}' and new.kind = 'utterance'"))
        {
            await call.Peer.SayAsync("What does delivery cost?");
            await refused.CountAsync(3);
            (await call.SaidAsync()).ShouldBeEmpty();
        }

        await call.SaidAsync(2);
        var said = await call.SaidAsync();
        said[0].ShouldBe("Visitor: What does delivery cost?");
        said[1].ShouldStartWith("Assistant: Delivery within Germany costs 49 euros.");
        said.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Keep_transcript_and_usage_when_the_database_is_unavailable_at_the_end()
    {
        await api.Voice.ScriptAsync(new { utterances = new[] { "What does delivery cost?" } });
        await using var call = await _tenant.CallAsync();
        await using (var refused = await RefusedWrites.StartAsync(
            api.Database.OwnerSource,
            "conversation_events",
            $"new.conversation_id = '{call.Visitor.Session.ConversationId}' and new.kind in ('utterance', 'voice_call_ended')"))
        {
            await call.Peer.SayAsync("What does delivery cost?");
            await refused.CountAsync(2);
            await Eventually.TrueAsync(
                async () => (await _tenant.RecordAsync(call.Id)).Usage.ContainsKey("total_tokens"),
                "the answer is spoken and counted");
            (await call.PostAsync("end")).EnsureSuccessStatusCode();
            await Eventually.TrueAsync(
                async () => (await call.AtProviderAsync()).GetProperty("end").GetString() == "hangup",
                "it is hung up");
        }

        (await call.EndedAsync()).ShouldBe(VoiceEndReason.Visitor);
        (await call.SaidAsync()).Count.ShouldBe(2);
        (await _tenant.RecordAsync(call.Id)).Usage["total_tokens"].ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Hang_up_when_the_providers_answer_cannot_be_saved()
    {
        await using var node = await ApiNode.StartAsync(
            api.Database,
            voice: api.Voice.OpenAI,
            voiceTimings: VoiceTenant.Quick with { Lease = TimeSpan.FromSeconds(2) });
        var visitor = await _tenant.Tenant.VisitAsync(node);
        await using var peer = VisitorPeer.Start();
        await using (await RefusedWrites.StartAsync(
            api.Database.OwnerSource,
            "voice_sessions",
            $"new.tenant_id = '{_tenant.Tenant.Created.TenantId}' and new.state = 'live'"))
        {
            var response = await VoiceTenant.OpenAsync(visitor, await peer.OfferAsync());

            ((int)response.StatusCode).ShouldBeGreaterThanOrEqualTo(500);
        }

        await Eventually.TrueAsync(
            async () => (await api.Voice.CallAsync()).GetProperty("end").GetString() == "hangup",
            "no call is left at the provider");
    }

    [Fact]
    public async Task Save_the_usage_when_the_node_stops()
    {
        await api.Voice.ScriptAsync(new { utterances = new[] { "What does delivery cost?" } });
        var timings = VoiceTenant.Quick with { Renewal = TimeSpan.FromMinutes(5), Lease = TimeSpan.FromMinutes(10) };
        var first = await ApiNode.StartAsync(api.Database, voice: api.Voice.OpenAI, voiceTimings: timings);
        await using var call = await _tenant.CallAsync(await _tenant.Tenant.VisitAsync(first));
        await call.Peer.SayAsync("What does delivery cost?");
        await call.SaidAsync(2);

        await first.DisposeAsync();

        (await _tenant.RecordAsync(call.Id)).Usage["total_tokens"].ShouldBeGreaterThan(0);
    }

    private Task<RefusedWrites> RefuseCallAsync(SpokenCall call) =>
        RefusedWrites.StartAsync(api.Database.OwnerSource, "voice_sessions", $"new.id = '{call.Id}'");

    private static Task AttachedAsync(SpokenCall call) => Eventually.TrueAsync(
        async () => (await call.AtProviderAsync()).GetProperty("sidebands").GetProperty("now").GetInt32() > 0, "the server has its line");
}
