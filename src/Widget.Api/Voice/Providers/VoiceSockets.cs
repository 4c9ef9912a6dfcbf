using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Widget.Api.Outbound;
using Widget.Platform.Database;

namespace Widget.Api.Voice.Providers;

/// <summary>Our lines to calls: WebSockets of JSON messages.</summary>
public sealed class VoiceSockets(GuardedHttp http, TimeProvider clock)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(6);

    /// <param name="account">Where and as whom.</param>
    /// <param name="path">Below the endpoint.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="VoiceProviderException">There is no such call, or no line to it.</exception>
    public async Task<IVoiceConnection> ConnectAsync(VoiceAccount account, string path, CancellationToken ct)
    {
        var address = VoiceHttp.Address(account, path);
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.CollectHttpResponseDetails = true;
            // Silence on it would otherwise pass for a quiet call.
            socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(10);
            socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(10);
            VoiceHttp.Authorize(account, socket.Options.SetRequestHeader);
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limited.CancelAfter(Longest);
            await socket.ConnectAsync(new UriBuilder(address) { Scheme = address.Scheme == Uri.UriSchemeHttps ? "wss" : "ws" }.Uri, http.For(account.IsTenants), limited.Token);
            return new SocketLine(socket, clock);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            socket.Dispose();
            throw new VoiceProviderException(VoiceFault.Temporary, "It has not answered in time.");
        }
        catch (WebSocketException e)
        {
            var status = (int)socket.HttpStatusCode;
            socket.Dispose();
            throw new VoiceProviderException(
                status switch { 404 => VoiceFault.NotFound, 401 or 403 => VoiceFault.BadKey, 402 => VoiceFault.Quota, _ => VoiceFault.Temporary },
                status == 0 ? "It cannot be reached." : $"It answered {status}.",
                e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class SocketLine(ClientWebSocket socket, TimeProvider clock) : IVoiceConnection
    {
        /// <summary>Events carry texts and no sound; a provider that sends more is broken.</summary>
        private const int LargestMessage = 4 * 1024 * 1024;

        private readonly SemaphoreSlim _sending = new(1);

        public async ValueTask SendAsync(JsonObject message, CancellationToken ct)
        {
            await _sending.WaitAsync(ct);
            try
            {
                await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, endOfMessage: true, ct);
            }
            catch (Exception e) when (e is WebSocketException or InvalidOperationException)
            {
                throw new VoiceProviderException(VoiceFault.Temporary, "The line is broken.", e);
            }
            finally
            {
                _sending.Release();
            }
        }

        public async IAsyncEnumerable<JsonElement> ReadAsync([EnumeratorCancellation] CancellationToken ct)
        {
            while (await ReceiveAsync(ct) is { } text)
            {
                JsonElement message;
                try
                {
                    using var document = StorableJson.Parse(text.Span);
                    message = document.RootElement.Clone();
                }
                catch (JsonException)
                {
                    continue;
                }

                yield return message;
            }
        }

        public async ValueTask DisposeAsync()
        {
            try
            {
                using var limited = new CancellationTokenSource(TimeSpan.FromSeconds(1), clock);
                if (socket.State == WebSocketState.Open) await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limited.Token);
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException or InvalidOperationException)
            {
                // The other side is gone.
            }

            socket.Dispose();
            _sending.Dispose();
        }

        // Null when the line is closed or broken.
        private async Task<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken ct)
        {
            using var message = new MemoryStream();
            var buffer = new byte[16 * 1024];
            try
            {
                while (true)
                {
                    var received = await socket.ReceiveAsync(buffer.AsMemory(), ct);
                    if (received.MessageType == WebSocketMessageType.Close || message.Length + received.Count > LargestMessage) return null;
                    message.Write(buffer, 0, received.Count);
                    if (received.EndOfMessage) return message.ToArray();
                }
            }
            catch (Exception e) when (e is WebSocketException or ObjectDisposedException || (e is OperationCanceledException && !ct.IsCancellationRequested))
            {
                return null;
            }
        }
    }
}
