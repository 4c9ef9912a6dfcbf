using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Widget.Api.Recordings;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Rooms;

public sealed class RecordingsShould(ApiFixture api) : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("widget-recordings-");
    private TestDatabase _database = null!;
    private ApiNode _node = null!;
    private TestTenant _tenant = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await StartAsync(new RecordingOptions { Folder = _folder.FullName });
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Begin_when_everybody_agrees_and_pause_for_one_who_comes_later()
    {
        var room = await _tenant.Developer.CreateRoomAsync();
        await using var host = await RoomClient.JoinAsync(_node, room.Link!.Token);
        await using var guest = await RoomClient.JoinAsync(_node, (await _tenant.Developer.LinkAsync(room.Id)).Token);
        await host.EventAsync("joined", guest.Id);
        var started = await StartAsync(host, room);

        started.State.ShouldBe(RecordingState.WaitingForConsent);
        (await SendAsync(host, started.Id, 0, [1, 2])).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        await guest.CallAsync("Consent", true);
        await host.EventAsync(entry => entry.Room?.Recording is { State: RecordingState.Recording }, "the recording begins");
        (await SendAsync(host, started.Id, 0, [1, 2])).StatusCode.ShouldBe(HttpStatusCode.OK);
        await using var late = await RoomClient.JoinAsync(_node, (await _tenant.Developer.LinkAsync(room.Id)).Token);
        await host.EventAsync(entry => entry.Room?.Recording is { State: RecordingState.Paused }, "the recording pauses");
        late.First.Recording!.State.ShouldBe(RecordingState.Paused);
        await late.CallAsync("Leave");
        await host.EventAsync(
            entry => entry.Room?.Recording is { State: RecordingState.Recording } && entry.Seq > late.First.Seq,
            "the recording goes on");

        (await StartAsync(host, room)).Id.ShouldBe(started.Id);
        using var asGuest = _node.Client(guest.Token);
        (await asGuest.PostAsJsonAsync("/api/video/recordings", new { roomId = room.Id }, Ct)).StatusCode
            .ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Take_chunks_in_any_order_and_play_them_as_one_file()
    {
        var (host, recording) = await RecordAsync();
        await using var _ = host;
        byte[][] chunks = [.. Enumerable.Range(0, 4).Select(number => RandomNumberGenerator.GetBytes(50_000 + number))];
        foreach (var number in new[] { 0, 2, 2, 3 })
            (await SendAsync(host, recording, number, chunks[number])).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(host, recording, 1, chunks[1], chunks[2])).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await SendAsync(host, recording, 2, chunks[1])).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        using var client = _node.Client(host.Token);
        var open = await client.GetFromJsonAsync<CallRecording>($"/api/video/recordings/{recording}", TestTenant.Json, Ct);
        var tooEarly = await client.PostAsJsonAsync($"/api/video/recordings/{recording}/finish", new { chunks = 4 }, Ct);
        (await SendAsync(host, recording, 1, chunks[1])).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.PostAsJsonAsync($"/api/video/recordings/{recording}/finish", new { chunks = 4 }, Ct)).EnsureSuccessStatusCode();

        open!.NextChunk.ShouldBe(1);
        tooEarly.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await tooEarly.Content.ReadAsStringAsync(Ct)).ShouldContain("Chunk 1 is missing");
        var whole = chunks.SelectMany(chunk => chunk).ToArray();
        (await _tenant.Developer.GetByteArrayAsync($"/api/video/recordings/{recording}/content", Ct)).ShouldBe(whole);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/video/recordings/{recording}/content");
        request.Headers.Range = new RangeHeaderValue(49_990, 100_009);
        var part = await _tenant.Developer.SendAsync(request, Ct);
        part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await part.Content.ReadAsByteArrayAsync(Ct)).ShouldBe(whole[49_990..100_010]);
        (await client.GetAsync($"/api/video/recordings/{recording}/content", Ct)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var other = await TestTenant.CreateAsync(_database, _node);
        (await other.Developer.GetAsync($"/api/video/recordings/{recording}/content", Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Close_a_recording_whose_page_is_gone_with_what_it_has()
    {
        await RestartAsync(new RecordingOptions { Folder = _folder.FullName, SilentTime = TimeSpan.FromSeconds(2) });
        var (host, recording) = await RecordAsync();
        await SendAsync(host, recording, 0, [1, 2, 3]);
        await host.DisposeAsync();

        var closed = await StateAsync(recording, RecordingState.Finished);

        (closed.FinishReason, closed.Chunks, closed.Bytes).ShouldBe(("interrupted", 1, 3));
        closed.Message.ShouldBe("Finished: the recording page stopped sending.");
        (await _tenant.Developer.GetByteArrayAsync($"/api/video/recordings/{recording}/content", Ct)).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task End_at_once_if_somebody_refuses_and_ask_again_later()
    {
        var room = await _tenant.Developer.CreateRoomAsync();
        await using var host = await RoomClient.JoinAsync(_node, room.Link!.Token);
        await using var guest = await RoomClient.JoinAsync(_node, (await _tenant.Developer.LinkAsync(room.Id)).Token);
        var started = await StartAsync(host, room);
        await guest.CallAsync("Consent", false);

        await host.EventAsync(entry => entry.Room?.Recording is { State: RecordingState.Failed }, "the recording does not begin");
        (await GetAsync(started.Id)).Message.ShouldBe("Not recorded: somebody did not agree.");
        var again = await StartAsync(host, room);
        again.Id.ShouldNotBe(started.Id);
        again.State.ShouldBe(RecordingState.WaitingForConsent);
        await guest.EventAsync(
            entry => entry.Kind == "consent" && entry.Participant is { Consent: null } asked && asked.Id == guest.Id,
            "the guest is asked again");
        await guest.CallAsync("Consent", true);
        await host.EventAsync(entry => entry.Room?.Recording is { State: RecordingState.Recording }, "the recording begins");
        var declined = await GetAsync(started.Id);
        (declined.State, declined.FinishReason).ShouldBe((RecordingState.Failed, "declined"));
    }

    [Fact]
    public async Task Be_closed_as_declined_when_the_page_is_gone()
    {
        await RestartAsync(new RecordingOptions { Folder = _folder.FullName, SilentTime = TimeSpan.FromSeconds(1) });
        var room = await _tenant.Developer.CreateRoomAsync();
        await using var host = await RoomClient.JoinAsync(_node, room.Link!.Token);
        await using var guest = await RoomClient.JoinAsync(_node, (await _tenant.Developer.LinkAsync(room.Id)).Token);
        var started = await StartAsync(host, room);
        await guest.CallAsync("Consent", false);

        await Eventually.TrueAsync(async () => (await GetAsync(started.Id)).FinishReason == "declined", "the recording is closed");
    }

    [Fact]
    public async Task Give_a_finished_video_its_length()
    {
        var (host, recording) = await RecordAsync();
        await using var _ = host;
        var video = await VideoAsync(seconds: 3);
        var half = video.Length / 2;
        await SendAsync(host, recording, 0, video[..half]);
        await SendAsync(host, recording, 1, video[half..]);
        (await _tenant.Developer.PostAsJsonAsync($"/api/video/recordings/{recording}/finish", new { }, Ct)).EnsureSuccessStatusCode();

        await Eventually.TrueAsync(async () => (await GetAsync(recording)).Seconds > 0, "the length is known");
        (await GetAsync(recording)).Seconds!.Value.ShouldBe(3, 0.5);
    }

    [Fact]
    public async Task Delete_files_with_the_recording()
    {
        var (host, recording) = await RecordAsync();
        await using var _ = host;
        await SendAsync(host, recording, 0, [1, 2, 3]);
        _folder.EnumerateFiles("*", SearchOption.AllDirectories).ShouldNotBeEmpty();

        (await _tenant.Developer.DeleteAsync($"/api/video/recordings/{recording}", Ct)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await _tenant.Developer.GetAsync($"/api/video/recordings/{recording}", Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await Eventually.TrueAsync(
            () => Task.FromResult(!_folder.EnumerateFiles("*", SearchOption.AllDirectories).Any()),
            "the files are deleted");
        (await _tenant.Developer.GetFromJsonAsync<CallRecordingList>("/api/video/recordings", TestTenant.Json, Ct))!
            .Recordings.ShouldBeEmpty();
    }

    [Fact]
    public async Task Keep_nothing_of_a_call_whose_conversation_is_deleted()
    {
        var visitor = await _tenant.VisitAsync(_node);
        var room = await _tenant.Developer.CreateRoomAsync(new { conversationId = visitor.Session.ConversationId });
        await using var host = await RoomClient.JoinAsync(_node, room.Link!.Token);
        await host.CallAsync("Chat", new { messageId = Guid.NewGuid(), text = "My number is 12345" });
        var started = await StartAsync(host, room);
        await SendAsync(host, started.Id, 0, [1, 2, 3]);

        await _database.OwnerSource.ExecuteAsync(
            $"set app.across_tenants = 'on'; delete from conversations where id = '{visitor.Session.ConversationId}'");

        (await _tenant.Developer.GetAsync($"/api/video/recordings/{started.Id}", Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _database.OwnerSource.ExecuteAsync("set app.across_tenants = 'on'; select count(*) from room_events")).ShouldBe(0L);
        await Eventually.TrueAsync(
            () => Task.FromResult(!_folder.EnumerateFiles("*", SearchOption.AllDirectories).Any()),
            "the files are deleted");
    }

    [Fact]
    public async Task Store_recordings_in_s3()
    {
        await RestartAsync(new RecordingOptions
        {
            Bucket = "recordings",
            Endpoint = new Uri(api.Simulator.Address, "/s3"),
            Key = "sim-s3-key",
            Secret = "sim-s3-secret",
        });
        var (host, recording) = await RecordAsync();
        await using var _ = host;
        (await SendAsync(host, recording, 0, [1, 2, 3])).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(host, recording, 1, [4, 5])).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await _tenant.Developer.GetByteArrayAsync($"/api/video/recordings/{recording}/content", Ct)).ShouldBe([1, 2, 3, 4, 5]);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/video/recordings/{recording}/content");
        request.Headers.Range = new RangeHeaderValue(1, 3);
        (await (await _tenant.Developer.SendAsync(request, Ct)).Content.ReadAsByteArrayAsync(Ct)).ShouldBe([2, 3, 4]);
        (await ObjectsAsync(recording)).Count.ShouldBe(2);
        (await _tenant.Developer.DeleteAsync($"/api/video/recordings/{recording}", Ct)).EnsureSuccessStatusCode();
        await Eventually.TrueAsync(async () => (await ObjectsAsync(recording)).Count == 0, "the objects are deleted");
    }

    private async Task<IReadOnlyList<string>> ObjectsAsync(Guid recording) =>
        [.. (await api.Simulator.Control.GetFromJsonAsync<string[]>("/control/s3/objects", Ct))!
            .Where(key => key.Contains(recording.ToString("N"), StringComparison.Ordinal))];

    private async Task RestartAsync(RecordingOptions options)
    {
        await _node.DisposeAsync();
        await StartAsync(options);
    }

    private async Task StartAsync(RecordingOptions options)
    {
        _node = await ApiNode.StartAsync(_database, configure: given => given with { Recordings = options });
        _tenant = await TestTenant.CreateAsync(_database, _node);
    }

    private async Task<(RoomClient Host, Guid Recording)> RecordAsync()
    {
        var room = await _tenant.Developer.CreateRoomAsync();
        var host = await RoomClient.JoinAsync(_node, room.Link!.Token);
        var started = await StartAsync(host, room);
        started.State.ShouldBe(RecordingState.Recording);
        return (host, started.Id);
    }

    private async Task<CallRecording> StartAsync(RoomClient host, Room room)
    {
        using var client = _node.Client(host.Token);
        var response = await client.PostAsJsonAsync("/api/video/recordings", new { roomId = room.Id, contentType = "video/webm" }, Ct);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(Ct));
        return (await response.Content.ReadFromJsonAsync<CallRecording>(TestTenant.Json, Ct))!;
    }

    private async Task<HttpResponseMessage> SendAsync(RoomClient page, Guid recording, int number, byte[] content, byte[]? hashed = null)
    {
        using var client = _node.Client(page.Token);
        using var body = new ByteArrayContent(content);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        body.Headers.Add("Content-Digest", $"sha-256=:{Convert.ToBase64String(SHA256.HashData(hashed ?? content))}:");
        return await client.PutAsync($"/api/video/recordings/{recording}/chunks/{number}", body, Ct);
    }

    private async Task<CallRecording> GetAsync(Guid recording) =>
        (await _tenant.Developer.GetFromJsonAsync<CallRecording>($"/api/video/recordings/{recording}", TestTenant.Json, Ct))!;

    private async Task<CallRecording> StateAsync(Guid recording, RecordingState state)
    {
        await Eventually.TrueAsync(async () => (await GetAsync(recording)).State == state, $"the recording's state is {state}");
        return await GetAsync(recording);
    }

    // A video without its length, as a browser records it.
    private static async Task<byte[]> VideoAsync(int seconds)
    {
        var start = new System.Diagnostics.ProcessStartInfo(
            "ffmpeg",
            $"-v error -f lavfi -i testsrc=size=160x120:rate=10 -f lavfi -i sine=frequency=440 -t {seconds} -c:v libvpx -deadline realtime "
                + "-c:a libopus -f webm -live 1 pipe:1")
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var process = System.Diagnostics.Process.Start(start)!;
        var video = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(video, Ct);
        await process.WaitForExitAsync(Ct);
        process.ExitCode.ShouldBe(0);
        return video.ToArray();
    }
}
