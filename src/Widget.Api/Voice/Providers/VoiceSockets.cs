using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Widget.Platform.Database;
using Widget.Platform.Outbound;

namespace Widget.Api.Voice.Providers;

/// <summary>WebSockets of JSON messages, over which this node follows and steers calls.</summary>
public sealed class VoiceSockets(IHttpClientFactory clients, TimeProvider clock)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(6);

    /// <param name="account">The account to connect as.</param>
    /// <param name="path">The path below the endpoint.</param>
    /// <param name="ct">Cancels the attempt.</param>
    /// <exception cref="VoiceProviderException">The call does not exist, or the provider cannot be reached.</exception>
    public async Task<IVoiceConnection> ConnectAsync(VoiceAccount account, string path, CancellationToken ct)
    {
        var address = VoiceHttp.Address(account, path);
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.CollectHttpResponseDetails = true;
            // Without keep-alives, a broken connection looks like a quiet call.
            socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(10);
            socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(10);
            VoiceHttp.Authorize(account, socket.Options.SetRequestHeader);
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limited.CancelAfter(Longest);
            var scheme = address.Scheme == Uri.UriSchemeHttps ? "wss" : "ws";
            await socket.ConnectAsync(
                new UriBuilder(address) { Scheme = scheme }.Uri, clients.ForEndpoint(account.IsTenants), limited.Token);
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
                status switch
                {
                    404 => VoiceFault.NotFound,
                    401 or 403 => VoiceFault.BadKey,
                    402 => VoiceFault.Quota,
                    _ => VoiceFault.Temporary,
                },
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
        /// <summary>Events contain text and no sound. A provider that sends more is broken.</summary>
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
                throw new VoiceProviderException(VoiceFault.Temporary, "The connection is broken.", e);
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
                if (socket.State == WebSocketState.Open)
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limited.Token);
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException or InvalidOperationException)
            {
                // The provider has closed the connection already.
            }

            socket.Dispose();
            _sending.Dispose();
        }

        // Null when the connection is closed or broken.
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
            catch (Exception e) when (e is WebSocketException or ObjectDisposedException
                || (e is OperationCanceledException && !ct.IsCancellationRequested))
            {
                return null;
            }
        }
    }
}
