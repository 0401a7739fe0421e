// Everything that a program needs to measure itself; see registry.h for the first five lines.
#pragma once

#include "glint/counter.h"
#include "glint/exposition.h"
#include "glint/family.h"
#include "glint/gauge.h"
#include "glint/histogram.h"
#include "glint/registry.h"
