"""The programs that shade what a camera sees of a lit scene, in GLSL 3.30."""

from amiss.simulate.render.fast_glsl import HEAD, LIGHTS, TRAY, WHOLE

_SAMPLES = """
// LISTED: four samples of each pixel of a list, side by side; else a pixel is one, in its middle.
uniform mat3 ray;  // samples, two along a pixel, to a direction in the booth
#if LISTED
uniform isampler2D list;
const float STRIDE = 1.0;
ivec2 nearest_sample() {
    ivec2 here = ivec2(gl_FragCoord.xy);
    return texelFetch(list, here >> 1, 0).xy * 2 + (here & 1);
}
vec2 middle() {
    return vec2(nearest_sample()) + 0.5;
}
#else
const float STRIDE = 2.0;
ivec2 nearest_sample() {
    return ivec2(gl_FragCoord.xy) * 2;
}
vec2 middle() {
    return gl_FragCoord.xy * 2.0;
}
#endif
"""

_SURFACE = """
uniform vec3 eye;
uniform sampler2D albedos;  // directional albedo of GGX: factor and summand of F0
uniform sampler2D tray_glow;
uniform float exposure;
uniform vec3 axis_u[4];   // of length 1
uniform vec3 axis_v[4];
uniform vec2 extent[4];  // half lengths

// Share of the reflected lobe that light i fills. The slopes of GGX have, along one line, the
// distribution function x / √(x² + α²), so a rectangle is a difference in either direction.
float fills(int i, vec3 point, vec3 mirrored, float alpha) {
    vec3 way = centre[i] - point;
    float away = length(way);
    float wide = 2.0 * alpha * away;
    vec3 miss = mirrored * away - way;
    vec2 off = vec2(dot(miss, axis_u[i]), dot(miss, axis_v[i]));
    vec2 from = off - extent[i];
    vec2 to = off + extent[i];
    float across = to.y * inversesqrt(to.y * to.y + wide * wide)
        - from.y * inversesqrt(from.y * from.y + wide * wide);
    // Off the lobe's middle line it is wider: (1 + x² / (α² + y²))⁻², nearly of the same form.
    float beside = max(abs(off.y) - 0.5 * extent[i].y, 0.0);
    float wider = 0.617 * (wide * wide + beside * beside);
    float along = to.x * inversesqrt(to.x * to.x + wider)
        - from.x * inversesqrt(from.x * from.x + wider);
    float ahead = smoothstep(-0.2, 0.6, dot(mirrored, way) / away);
    float shines = dot(facing[i], way) < 0.0 ? 1.0 : 0.0;
    return 0.25 * across * along * ahead * shines;
}

vec3 gloss(vec3 point, vec3 mirrored, float rough, vec4 share) {
    vec3 light = vec3(0.0);
    for (int i = 0; i < 4; i++)
        light += radiance[i] * share[i] * fills(i, point, mirrored, max(rough * rough, 0.002));
    return light;
}

// What a mirror there would show, but for the lights: the sky, or the tray.
vec3 mirror(vec3 point, vec3 mirrored, float rough, float open) {
    vec2 hit = point.xy + mirrored.xy * (max(point.z, 0.0) / max(-mirrored.z, 0.05));
    vec3 tray = on_tray(hit) ? textureLod(tray_glow, cell_of(hit), 6.0 * rough).rgb : environment;
    float down = 0.02 + rough * rough;
    return mix(tray, environment * open, smoothstep(-down, down, mirrored.z));
}

vec2 reflects(float cosine, float rough) {
    return textureLod(albedos, vec2(cosine, rough), 0.0).rg;
}
"""

_TRIANGLE = """
uniform sampler2D which;
uniform isampler2D faces;
uniform sampler2D places;
uniform sampler2D normals;
uniform sampler2D bump;

struct Spot {
    ivec2 a, b, c;        // where its corners stand in the tables
    vec3 share;           // of the three
    vec3 point;
    bool rear;            // seen from behind
    vec3 smooth_normal;   // towards the eye
    vec3 normal;          // the same with bumps
    bool uneven;          // it turns so fast that neighbouring samples may differ
    vec2 sheet;           // place in the atlas, and how it changes from pixel to pixel
    vec2 sheet_x, sheet_y;
};

ivec2 at(int index) {
    return ivec2(index & 1023, index >> 10);
}

// What the ray through the middle meets on the triangle of a sample.
Spot meet(ivec2 probe) {
    Spot spot;
    int index = int(texelFetch(which, probe, 0).r);
    vec3 way = ray * vec3(middle(), 1.0);
    vec3 right = way + ray[0] * STRIDE;  // the rays of its neighbours
    vec3 under = way + ray[1] * STRIDE;
    ivec3 corners = texelFetch(faces, at(index), 0).xyz;
    spot.a = at(corners.x);
    spot.b = at(corners.y);
    spot.c = at(corners.z);
    vec4 place_a = texelFetch(places, spot.a, 0);
    vec4 place_b = texelFetch(places, spot.b, 0);
    vec4 place_c = texelFetch(places, spot.c, 0);
    vec4 normal_a = texelFetch(normals, spot.a, 0);
    vec4 normal_b = texelFetch(normals, spot.b, 0);
    vec4 normal_c = texelFetch(normals, spot.c, 0);
    vec3 edge_b = place_b.xyz - place_a.xyz;
    vec3 edge_c = place_c.xyz - place_a.xyz;
    vec3 plane = cross(edge_b, edge_c);
    vec3 from = eye - place_a.xyz;
    float height = -dot(from, plane);
    vec3 hit = from + way * (height / dot(way, plane));
    vec3 step_x = from + right * (height / dot(right, plane)) - hit;
    vec3 step_y = from + under * (height / dot(under, plane)) - hit;
    spot.point = place_a.xyz + hit;
    float scale = 1.0 / max(dot(plane, plane), 1e-30);
    vec3 to_b = cross(edge_c, plane) * scale;
    vec3 to_c = cross(plane, edge_b) * scale;
    // The middle of a pixel may lie a little beside the triangle of its first sample.
    float share_b = clamp(dot(hit, to_b), 1.0 - STRIDE, STRIDE);
    float share_c = clamp(dot(hit, to_c), 1.0 - STRIDE, STRIDE - max(share_b, 0.0));
    spot.share = vec3(1.0 - share_b - share_c, share_b, share_c);
    vec2 sheet_a = vec2(place_a.w, normal_a.w);
    vec2 sheet_b = vec2(place_b.w, normal_b.w) - sheet_a;
    vec2 sheet_c = vec2(place_c.w, normal_c.w) - sheet_a;
    spot.sheet = sheet_a + sheet_b * share_b + sheet_c * share_c;
    spot.sheet_x = sheet_b * dot(step_x, to_b) + sheet_c * dot(step_x, to_c);
    spot.sheet_y = sheet_b * dot(step_y, to_b) + sheet_c * dot(step_y, to_c);
    spot.rear = dot(way, plane) > 0.0;
    vec3 normal = normal_a.xyz * spot.share.x + normal_b.xyz * share_b + normal_c.xyz * share_c;
    spot.smooth_normal = normalize(spot.rear ? -normal : normal);
    spot.normal = spot.smooth_normal;
    // Bumps without tangents (Mikkelsen 2010).
    float here = textureGrad(bump, spot.sheet, spot.sheet_x, spot.sheet_y).r;
    vec2 beside = spot.sheet + spot.sheet_x;
    vec2 below = spot.sheet + spot.sheet_y;
    float rise_x = textureGrad(bump, beside, spot.sheet_x, spot.sheet_y).r - here;
    float rise_y = textureGrad(bump, below, spot.sheet_x, spot.sheet_y).r - here;
    vec3 across_x = cross(step_y, spot.normal);
    vec3 across_y = cross(spot.normal, step_x);
    float area = dot(step_x, across_x);
    float side = sign(area) * (spot.rear ? -1.0 : 1.0);
    vec3 slope = (rise_x * across_x + rise_y * across_y) * side;
    spot.normal = normalize(abs(area) * spot.normal - slope);
    float turn = min(dot(normal_a.xyz, normal_b.xyz), dot(normal_a.xyz, normal_c.xyz));
    vec3 tilt = spot.normal - spot.smooth_normal;
    spot.uneven = turn < 0.97 || dot(tilt, tilt) > 0.02;
    return spot;
}
"""

_SHADE = """
// light: irradiance, and the share of directions that are free.
// mirrors: what stands opposite, but for the lights.
vec3 shade(vec3 point, vec3 normal, vec3 mirrored, vec3 albedo, float rough, float metal,
           vec4 share, vec4 light, vec3 mirrors) {
    vec2 part = reflects(max(dot(normal, mirrored), 0.01), rough);
    vec3 tint = mix(vec3(0.04), albedo, metal) * part.x + part.y;
    vec3 shine = gloss(point, mirrored, rough, share) + mirrors;
    return albedo * (1.0 - metal) * light.rgb / PI + tint * shine;
}

"""

SHADE_TRAY = (
    WHOLE,
    HEAD
    + _SAMPLES
    + LIGHTS
    + TRAY
    + _SURFACE
    + _SHADE
    + """
uniform sampler2D board;
uniform float board_rough;
uniform sampler2D tray_share;
uniform sampler2D tray_light;
#if LISTED
uniform sampler2D depths;
#endif
out vec4 seen;  // nothing where a listed sample shows the item

void main() {
    vec3 way = ray * vec3(middle(), 1.0);
    vec3 right = way + ray[0] * STRIDE;
    vec3 under = way + ray[1] * STRIDE;
    float reach = -eye.z / way.z;
    vec3 point = eye + way * reach;
    vec2 to_board = vec2(1.0, -1.0) / size;  // its first row lies at the largest y
    vec2 step_x = (right.xy * (-eye.z / right.z) - way.xy * reach) * to_board;
    vec2 step_y = (under.xy * (-eye.z / under.z) - way.xy * reach) * to_board;
    vec3 albedo = textureGrad(board, vec2(0.5) + point.xy * to_board, step_x, step_y).rgb;
    vec2 cell = cell_of(point.xy);
    vec4 share = textureLod(tray_share, cell, 0.0);
    vec4 irradiance = textureLod(tray_light, cell, 0.0);
    vec3 up = vec3(0.0, 0.0, 1.0);
    vec3 mirrored = normalize(way) * vec3(1.0, 1.0, -1.0);
    vec3 sky = environment * irradiance.a;
    vec3 light = shade(point, up, mirrored, albedo, board_rough, 0.0, share, irradiance, sky);
    bool beside = reach < 0.0 || !on_tray(point.xy);
    seen = vec4((beside ? environment : light) * exposure, 1.0);
#if LISTED
    if (texelFetch(depths, nearest_sample(), 0).r < 1.0) seen = vec4(0.0);
#endif
}
""",
)

SHADE_ITEM = (
    WHOLE,
    HEAD
    + _SAMPLES
    + LIGHTS
    + TRAY
    + _SURFACE
    + _TRIANGLE
    + _SHADE
    + """
uniform sampler2D shares;
uniform sampler2D fronts;
uniform sampler2D rears;
uniform sampler2D flows;
uniform sampler2D base;  // and roughness
uniform sampler2D back;  // and metalness of the front
const vec3 LUMINANCE = vec3(0.2126, 0.7152, 0.0722);
const float REAR_ROUGH = 0.9;  // raw board or dull film
#if LISTED
uniform sampler2D depths;
#endif
// Nothing where a listed sample shows the tray; alpha of a pixel: whether one sample will do.
out vec4 seen;

// Prints hold more than a pixel shows, so each of its samples is looked up.
vec4 printed(Spot spot) {
#if LISTED
    return textureGrad(base, spot.sheet, spot.sheet_x, spot.sheet_y);
#else
    vec2 x = spot.sheet_x * 0.5;
    vec2 y = spot.sheet_y * 0.5;
    vec2 first = spot.sheet - 0.5 * (x + y);
    return 0.25 * (textureGrad(base, first, x, y) + textureGrad(base, first + x, x, y)
        + textureGrad(base, first + y, x, y) + textureGrad(base, first + x + y, x, y));
#endif
}

vec4 between(sampler2D table, Spot spot) {
    return texelFetch(table, spot.a, 0) * spot.share.x + texelFetch(table, spot.b, 0) * spot.share.y
        + texelFetch(table, spot.c, 0) * spot.share.z;
}

void main() {
    Spot spot = meet(nearest_sample());
    vec4 light = spot.rear ? between(rears, spot) : between(fronts, spot);
    float level = max(dot(light.rgb, LUMINANCE), 1e-4);
    float turned = dot(spot.normal - spot.smooth_normal, between(flows, spot).xyz);
    light.rgb *= clamp(1.0 + turned / level, 0.2, 2.0);
    vec4 front = printed(spot);
    vec4 other = textureGrad(back, spot.sheet, spot.sheet_x, spot.sheet_y);
    vec3 albedo = spot.rear ? other.rgb : front.rgb;
    float rough = spot.rear ? REAR_ROUGH : front.a;
    float metal = spot.rear ? 0.0 : other.a;
    vec4 share = between(shares, spot);
    vec3 mirrored = reflect(normalize(spot.point - eye), spot.normal);
    vec3 mirrors = mirror(spot.point, mirrored, rough, light.a);
    vec3 shaded = shade(spot.point, spot.normal, mirrored, albedo, rough, metal, share, light,
                        mirrors);
    seen = vec4(shaded * exposure, spot.uneven ? 0.0 : 1.0);
#if LISTED
    if (texelFetch(depths, nearest_sample(), 0).r == 1.0) seen = vec4(0.0);
#endif
}
""",
)

FILM = (
    WHOLE,
    HEAD
    + _SAMPLES
    + LIGHTS
    + TRAY
    + _SURFACE
    + _TRIANGLE
    + """
uniform sampler2D depths;
uniform float clarity;
const float FILM_ROUGH = 0.09;
const float TWO_SIDES = 1.8;  // a sheet reflects at its front and at its back
out vec4 seen;  // alpha: how much of what lies behind is left
void main() {
    ivec2 probe = nearest_sample();
    float covered = 0.0;
    for (int k = 3; k >= 0; k--) {
        ivec2 here = nearest_sample() + ivec2(k & 1, k >> 1);
        if (texelFetch(depths, here, 0).r < 1.0) {
            probe = here;
            covered += 0.25;
        }
    }
    Spot spot = meet(probe);
    vec3 to_eye = normalize(eye - spot.point);
    float cosine = max(dot(spot.normal, to_eye), 0.01);
    vec2 part = reflects(cosine, FILM_ROUGH);
    vec3 mirrored = reflect(-to_eye, spot.normal);
    vec3 light = gloss(spot.point, mirrored, FILM_ROUGH, vec4(1.0));
    light += mirror(spot.point, mirrored, FILM_ROUGH, 1.0);
    vec3 shine = (0.04 * part.x + part.y) * TWO_SIDES * light * exposure;
    seen = vec4(shine * covered, 1.0 - covered * (1.0 - clarity));
}
""",
)
